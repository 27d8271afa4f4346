/* The C interface of libperdura_verifier: judges packages and evidence records (RFC 4998).
 *
 *   perdura_verifier *v = perdura_verifier_new();
 *   perdura_verifier_trust(v, pem, pem_size);
 *   perdura_verdict verdict = perdura_verifier_package(v, "case.zip", NULL, NULL);
 *   puts(perdura_verifier_report(v));
 *   perdura_verifier_free(v);
 *
 * Nothing is thrown out of a function. Nothing is read but what is named in a call: no network, no
 * default store of certificates, no configuration. Text is UTF-8.
 *
 * Thread safety: one verifier belongs to one thread at a time; several are independent.
 * Versions: functions are only ever added while PERDURA_VERIFIER_ABI stays the same. */
#ifndef PERDURA_VERIFIER_H
#define PERDURA_VERIFIER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface that this header describes. */
#define PERDURA_VERIFIER_ABI 1

/* As the exit codes of perdura-verify. */
typedef enum perdura_verdict {
  PERDURA_PASSED = 0,        /* everything that was to be shown was shown */
  PERDURA_FAILED = 1,        /* something is wrong */
  PERDURA_INDETERMINATE = 2, /* nothing is wrong, but something needed is not there */
  PERDURA_UNREADABLE = 3     /* no verdict: the input could not be read, or misuse */
} perdura_verdict;

/* By what to judge, and the last report. */
typedef struct perdura_verifier perdura_verifier;

/* A document by its octets, with a name for reports. */
typedef struct perdura_document {
  const char *name;
  const void *octets;
  size_t size;
} perdura_document;

/* Takes the report of a record: one line of JSON without a line end, which lives until it returns. */
typedef void (*perdura_record_report)(const char *json, void *context);

/* The interface of the library that runs: to be compared with PERDURA_VERIFIER_ABI. */
int perdura_verifier_abi(void);
/* Its version, as "0.1.0". */
const char *perdura_verifier_version(void);

/* A verifier that trusts nobody yet and judges as of now. NULL: out of memory. */
perdura_verifier *perdura_verifier_new(void);
/* NULL is let pass. */
void perdura_verifier_free(perdura_verifier *verifier);

/* The following return 1, or 0 with perdura_verifier_error() saying why. */

/* Trusts the certificates in PEM text, or a DER certificate. */
int perdura_verifier_trust(perdura_verifier *verifier, const void *octets, size_t size);
/* Certificates to build paths with, not trusted by themselves. */
int perdura_verifier_add_certificates(perdura_verifier *verifier, const void *octets, size_t size);
/* Revocation lists to use besides those in the evidence. */
int perdura_verifier_add_crls(perdura_verifier *verifier, const void *octets, size_t size);
/* Judges as of "2041-06-01" or "2041-06-01T12:00:00Z": time-stamps of after that are left out of
 * account. */
int perdura_verifier_set_time(perdura_verifier *verifier, const char *time);
/* Whether status of the authorities' certificates must be known (the default) or is checked if
 * present. */
int perdura_verifier_require_revocation_data(perdura_verifier *verifier, int required);
/* The journal's public key, from a source other than the package. */
int perdura_verifier_set_log_key(perdura_verifier *verifier, const char *key);

/* Judges the package, a zip or a folder, at a path. Each record's report goes to `record`, which may
 * be NULL; perdura_verifier_report() is then the package's summary. */
perdura_verdict perdura_verifier_package(perdura_verifier *verifier, const char *path,
                                         perdura_record_report record, void *context);
/* Judges an evidence record (DER) for documents. `complete`: they must be all of their group. */
perdura_verdict perdura_verifier_evidence(perdura_verifier *verifier, const void *evidence,
                                          size_t size, const perdura_document *documents,
                                          size_t count, int complete);

/* JSON of the last judgement, or "" when there was none. Lives until the next call. */
const char *perdura_verifier_report(const perdura_verifier *verifier);
/* Why the last call returned 0 or PERDURA_UNREADABLE, or "". Lives until the next call. */
const char *perdura_verifier_error(const perdura_verifier *verifier);

#ifdef __cplusplus
}
#endif

#endif
