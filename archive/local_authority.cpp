#include "archive/local_authority.hpp"

#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <limits>

#include "archive/files.hpp"
#include "archive/new_file.hpp"
#include "archive/validation_data.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;
using verifier::AlgorithmPolicy;
using verifier::Errc;
using verifier::Error;

constexpr std::uint64_t file_size_max = 1 << 20;
// So long at least a status list says that it lasts.
constexpr std::int64_t list_lasts_s = 30 * 86'400;

Result<std::string> read_text(const fs::path& path, bool secret) {
  struct stat status {};
  if (secret && ::stat(path.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    return Error{Errc::denied, "others than its owner may read this key", path.string(),
                 "run: chmod 600 '" + path.string() + "'"};
  }
  const auto octets = read_file(path, file_size_max);
  if (octets) return std::string(verifier::as_text(*octets));
  if (octets.error().code != Errc::not_found) return octets.error();
  return Error{Errc::not_found, "a file of the local time-stamp authority is missing",
               path.string(), "restore the folder from a backup"};
}

// `error` as one of the file at `path`.
Error in_file(Error error, const fs::path& path) {
  error.where = path.string();
  return error;
}

Result<CertificateHandle> load_certificate(const fs::path& path) {
  const auto text = read_text(path, false);
  if (!text) return text.error();
  auto certificate = certificate_from_pem(*text);
  if (!certificate) return in_file(certificate.error(), path);
  return certificate;
}

// The key at `path`, which must be that of `certificate` (for messages: at `of`).
Result<KeyHandle> load_key(const fs::path& path, X509* certificate, const std::string& of,
                           std::string_view passphrase) {
  const auto text = read_text(path, true);
  if (!text) return text.error();
  auto key = key_from_pem(*text, passphrase);
  if (!key) return in_file(key.error(), path);
  if (X509_check_private_key(certificate, key->get()) == 1) return key;
  ERR_clear_error();
  return Error{Errc::malformed, "this key is not that of " + of, path.string(),
               "restore the folder from a backup"};
}

Result<Ok> write_text(const fs::path& path, std::string_view text, mode_t mode) {
  return replace_file(path, verifier::as_bytes(text), mode);
}

// An attribute of the certificate's subject, UTF-8; empty when there is none.
std::string attribute_of(const X509* certificate, int attribute) {
  const X509_NAME* name = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(name, attribute, -1);
  if (at < 0) return "";
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  const OpensslHandle<unsigned char, [](unsigned char* p) { OPENSSL_free(p); }> holder(text);
  return size > 0 ? std::string(reinterpret_cast<char*>(text), static_cast<std::size_t>(size)) : "";
}

std::string organisation_of(const X509* certificate) {
  const std::string name = attribute_of(certificate, NID_organizationName);
  return name.empty() ? "Perdura archive" : name;
}

std::string unit_of(const X509* certificate) {
  return attribute_of(certificate, NID_organizationalUnitName);
}

// A new CA: its two files, written into `dir`.
struct NewCa {
  AuthorityState::Ca names;
  CertificateHandle certificate;
  KeyHandle key;
};

Result<NewCa> write_ca(const fs::path& dir, const std::string& organisation,
                       const AuthorityForm& form, Time now, unsigned number,
                       std::string_view passphrase) {
  auto key = new_key(*form.kind);
  if (!key) return key.error();
  const CertificateOrder order{.organisation = organisation,
                               .unit = form.unit,
                               .generation = number,
                               .from = now,
                               .until = now + form.ca_years * year_s,
                               .digest = form.digest};
  NewCa ca{.names = {"ca-" + std::to_string(number) + ".pem",
                     "ca-" + std::to_string(number) + ".key", form.digest},
           .certificate = make_ca_certificate(key->get(), order),
           .key = *std::move(key)};
  auto done = write_text(dir / ca.names.key, key_pem(ca.key.get(), passphrase), 0600);
  if (done) {
    done = write_text(dir / ca.names.certificate, certificate_pem(ca.certificate.get()), 0644);
  }
  if (!done) return done.error();
  return ca;
}

// A new TSA by a CA: its two files, written into `dir`; the names.
Result<AuthorityState::Tsa> write_tsa(const fs::path& dir, const AuthorityForm& form, Time now,
                                      unsigned number, X509* ca, EVP_PKEY* ca_key,
                                      DigestAlgorithm ca_digest, std::string_view passphrase) {
  auto key = new_key(*form.kind);
  if (!key) return key.error();
  const CertificateOrder order{.organisation = organisation_of(ca),
                               .unit = unit_of(ca),
                               .generation = number,
                               .from = now,
                               .until = std::min(now + form.tsa_years * year_s, not_after(ca)),
                               .digest = ca_digest};
  const CertificateHandle certificate = make_tsa_certificate(key->get(), order, ca, ca_key);
  AuthorityState::Tsa names{.certificate = "tsa-" + std::to_string(number) + ".pem",
                            .key = "tsa-" + std::to_string(number) + ".key",
                            .ca = 0,
                            .revocation = {}};
  auto done = write_text(dir / names.key, key_pem(key->get(), passphrase), 0600);
  if (done) {
    done = write_text(dir / names.certificate, certificate_pem(certificate.get()), 0644);
  }
  if (!done) return done.error();
  return names;
}

// All anchors to hand out: the certificates of all CAs, newest first.
std::string anchors_text(const std::vector<X509*>& oldest_first) {
  std::string text;
  for (auto ca = oldest_first.rbegin(); ca != oldest_first.rend(); ++ca) {
    text += certificate_pem(*ca);
  }
  return text;
}

std::string bits_text(const verifier::SignatureAlgorithm& algorithm) {
  return std::string(verifier::name(algorithm.scheme)) + " with " +
         std::to_string(algorithm.key_bits) + " bits";
}

// The earlier of `end` and when signatures by `key` over `digest` are unfit.
AuthorityEnd earlier(AuthorityEnd end, EVP_PKEY* key, DigestAlgorithm digest,
                     const AlgorithmPolicy& policy) {
  const verifier::SignatureAlgorithm algorithm = signature_algorithm(key, digest);
  const auto take = [&](std::optional<Time> candidate, std::string cause) {
    if (candidate && *candidate < end.end) end = {*candidate, std::move(cause), end.ca};
  };
  take(policy.end_of(algorithm), bits_text(algorithm));
  take(policy.end_of(digest), std::string(verifier::name(digest)));
  return end;
}

// The latest time; for what has no end.
constexpr Time for_ever{253'402'300'799};  // 9999-12-31T23:59:59Z
// Until when what can't be made is fit.
constexpr Time never{std::numeric_limits<std::int64_t>::min()};

// Whether libcrypto takes certificates that such a key signed over the digest: OpenSSL 3.0 knows no
// ECDSA over SHA-3 in certificates, though it makes and checks such signatures.
bool fit_for_certificates(EVP_PKEY* key, DigestAlgorithm digest) {
  if (const KeyKind* kind = kind_of(key); kind == nullptr || kind->cms_digest) return true;
  const int digest_nid = OBJ_txt2nid(verifier::oid_text(verifier::oid(digest)).c_str());
  int signature_nid = NID_undef;
  return OBJ_find_sigid_by_algs(&signature_nid, digest_nid, EVP_PKEY_get_base_id(key)) == 1;
}

// Until when a key of that kind, and digests, are fit to certify with; nothing when this build has
// none.
std::optional<Time> fit_until(const KeyKind& kind, DigestAlgorithm digest,
                              const AlgorithmPolicy& policy) {
  const auto key = new_key(kind);
  if (!key || !fit_for_certificates(key->get(), digest)) return std::nullopt;
  return earlier({for_ever, "", false}, key->get(), digest, policy).end;
}

// What a CA may sign over, the first choice first.
constexpr DigestAlgorithm ca_digests[] = {DigestAlgorithm::sha512,   DigestAlgorithm::sha384,
                                          DigestAlgorithm::sha256,   DigestAlgorithm::sha3_512,
                                          DigestAlgorithm::sha3_384, DigestAlgorithm::sha3_256};

DigestAlgorithm fittest_digest(DigestAlgorithm present, const AlgorithmPolicy& policy, Time until) {
  const auto end = [&](DigestAlgorithm digest) { return policy.end_of(digest).value_or(for_ever); };
  if (end(present) > until) return present;
  return *std::ranges::max_element(
      ca_digests, {}, [&](DigestAlgorithm digest) { return std::min(end(digest), until); });
}

}  // namespace

Result<Ok> LocalAuthority::create(const fs::path& dir, const std::string& organisation, Time now,
                                  std::string_view passphrase, const AuthorityForm& form) {
  auto ca = write_ca(dir, organisation, form, now, 1, passphrase);
  if (!ca) return ca.error();
  auto tsa =
      write_tsa(dir, form, now, 1, ca->certificate.get(), ca->key.get(), form.digest, passphrase);
  if (!tsa) return tsa.error();
  auto done = write_text(dir / "ca.pem", anchors_text({ca->certificate.get()}), 0644);
  if (!done) return done;
  AuthorityState state{
      .ca_years = form.ca_years, .tsa_years = form.tsa_years, .cas = {}, .tsas = {}};
  state.cas.push_back(ca->names);
  state.tsas.push_back(*std::move(tsa));
  return write_authority_state(dir, state);
}

Result<std::shared_ptr<const LocalAuthority>> LocalAuthority::open(const fs::path& dir,
                                                                   std::string_view passphrase) {
  std::shared_ptr<LocalAuthority> authority(new LocalAuthority);
  authority->dir_ = dir;
  authority->passphrase_ = passphrase;
  auto state = read_authority_state(dir);
  if (!state) return state.error();
  authority->state_ = *std::move(state);
  if (auto loaded = authority->load(); !loaded) return loaded.error();
  return std::shared_ptr<const LocalAuthority>(std::move(authority));
}

Result<Ok> LocalAuthority::load() {
  for (const AuthorityState::Ca& names : state_.cas) {
    auto certificate = load_certificate(dir_ / names.certificate);
    if (!certificate) return certificate.error();
    auto key = load_key(dir_ / names.key, certificate->get(), names.certificate, passphrase_);
    if (!key) return key.error();
    Bytes der = openssl_der(i2d_X509, certificate->get());
    cas_.push_back({*std::move(certificate), *std::move(key), std::move(der)});
  }
  for (const AuthorityState::Tsa& names : state_.tsas) {
    auto certificate = load_certificate(dir_ / names.certificate);
    if (!certificate) return certificate.error();
    tsas_.push_back(*std::move(certificate));
  }
  const AuthorityState::Tsa& last = state_.tsas.back();
  auto key = load_key(dir_ / last.key, certificate(), last.certificate, passphrase_);
  if (!key) return key.error();
  tsa_key_ = *std::move(key);
  signer_ = {.key = tsa_key_.get(),
             .certificate = openssl_der(i2d_X509, certificate()),
             .issuer = openssl_der(i2d_X509_NAME, X509_get_issuer_name(certificate())),
             .serial_number = archive::serial_number(certificate()),
             .hash = DigestAlgorithm::sha256};
  return Ok{};
}

std::string LocalAuthority::subject() const {
  return name_text(X509_get_subject_name(certificate()));
}
Time LocalAuthority::valid_from() const { return not_before(certificate()); }
Time LocalAuthority::valid_until() const { return not_after(certificate()); }

std::optional<Time> LocalAuthority::revoked_since() const {
  const auto& revocation = state_.tsas.back().revocation;
  if (!revocation) return std::nullopt;
  return revocation->when;
}

DigestAlgorithm LocalAuthority::token_digest(DigestAlgorithm algorithm) const {
  const KeyKind* kind = kind_of(tsa_key_.get());
  return kind != nullptr && kind->cms_digest ? *kind->cms_digest : algorithm;
}

AuthorityForm LocalAuthority::form() const {
  AuthorityForm form;
  if (const KeyKind* kind = kind_of(tsa_key_.get())) form.kind = kind;
  form.digest = state_.cas[state_.tsas.back().ca].digest;
  form.ca_years = state_.ca_years;
  form.tsa_years = state_.tsa_years;
  return form;
}

std::vector<RevokedCertificate> LocalAuthority::revoked_by(std::size_t ca) const {
  std::vector<RevokedCertificate> revoked;
  for (std::size_t i = 0; i < state_.tsas.size(); ++i) {
    const auto& revocation = state_.tsas[i].revocation;
    if (!revocation || state_.tsas[i].ca != ca) continue;
    revoked.push_back({archive::serial_number(tsas_[i].get()), revocation->when, revocation->reason,
                       revocation->invalidity});
  }
  return revoked;
}

std::optional<LocalAuthority::Status> LocalAuthority::status_of(ByteView certificate,
                                                                Time now) const {
  const CertificateHandle read = read_certificate(certificate);
  for (std::size_t i = 0; read && i < cas_.size(); ++i) {
    const Ca& ca = cas_[i];
    if (!is_issued_by(certificate, ca.der)) continue;
    const Time until = std::max(not_after(read.get()), now + list_lasts_s);
    return Status{make_crl(ca.certificate.get(), ca.key.get(), state_.cas[i].digest, now, until,
                           revoked_by(i)),
                  ca.der};
  }
  ERR_clear_error();
  return std::nullopt;
}

AuthorityEnd LocalAuthority::tsa_end(const AlgorithmPolicy& policy) const {
  AuthorityEnd end{not_after(certificate()) + 1, "certificate of " + subject(), false};
  if (const auto since = revoked_since()) end = {*since, "revocation", false};
  // With a scheme that signs a digest, any digest that is fit can be asked for.
  const KeyKind* kind = kind_of(tsa_key_.get());
  const bool bound = kind != nullptr && kind->cms_digest;
  const DigestAlgorithm digest =
      bound ? *kind->cms_digest
            : fittest_digest(DigestAlgorithm::sha256, policy, not_after(certificate()));
  return earlier(std::move(end), tsa_key_.get(), digest, policy);
}

AuthorityEnd LocalAuthority::ca_end(const AlgorithmPolicy& policy) const {
  const Ca& ca = issuer();
  return earlier({not_after(ca.certificate.get()) + 1,
                  "certificate of " + name_text(X509_get_subject_name(ca.certificate.get())), true},
                 ca.key.get(), state_.cas[state_.tsas.back().ca].digest, policy);
}

AuthorityEnd LocalAuthority::end(const AlgorithmPolicy& policy) const {
  AuthorityEnd tsa = tsa_end(policy);
  AuthorityEnd ca = ca_end(policy);
  return ca.end < tsa.end ? ca : tsa;
}

AuthorityForm fittest_form(AuthorityForm next, const AlgorithmPolicy& policy, Time now) {
  const Time until = now + next.tsa_years * year_s;
  next.digest = fittest_digest(next.digest, policy, until);
  const auto good_until = [&](const KeyKind& kind) {
    const auto fit = fit_until(kind, kind.cms_digest.value_or(next.digest), policy);
    return std::min(fit.value_or(never), until);
  };
  Time best = good_until(*next.kind);
  for (const KeyKind& kind : key_kinds()) {
    if (best >= until) break;
    const Time end = good_until(kind);
    if (end > best) {
      best = end;
      next.kind = &kind;
    }
  }
  return next;
}

AuthorityForm LocalAuthority::next_form(const AlgorithmPolicy& policy, Time now) const {
  return fittest_form(form(), policy, now);
}

bool LocalAuthority::ca_lasts(const AuthorityForm& form, const AlgorithmPolicy& policy,
                              Time now) const {
  const Time until =
      std::min(now + form.tsa_years * year_s,
               fit_until(*form.kind, form.kind->cms_digest.value_or(form.digest), policy)
                   .value_or(for_ever));
  return ca_end(policy).end >= until;
}

std::optional<AuthorityEnd> LocalAuthority::needs_roll_over(const AlgorithmPolicy& policy, Time now,
                                                            std::int64_t margin_s) const {
  AuthorityEnd present = end(policy);
  if (present.end > now + margin_s) return std::nullopt;
  const AuthorityForm next = next_form(policy, now);
  const auto fit = fit_until(*next.kind, next.kind->cms_digest.value_or(next.digest), policy);
  const Time after = std::min(fit.value_or(never), now + next.tsa_years * year_s);
  if (after <= present.end) return std::nullopt;
  return present;
}

// In a folder of version 1 the first CA's certificate has no file but that of the anchors.
Result<Ok> LocalAuthority::leave_version_one(AuthorityState& next) const {
  AuthorityState::Ca& first = next.cas.front();
  if (first.certificate != "ca.pem") return Ok{};
  first.certificate = "ca-1.pem";
  auto done =
      write_text(dir_ / first.certificate, certificate_pem(cas_.front().certificate.get()), 0644);
  return done ? write_authority_state(dir_, next) : done;
}

// The place in next.cas of the CA that is to issue the next certificate; `made` when it is new.
Result<std::size_t> LocalAuthority::next_ca(AuthorityState& next, const AuthorityForm& form,
                                            Time now, bool new_ca, std::optional<Ca>& made) const {
  if (!new_ca) return next.tsas.back().ca;
  AuthorityForm with_unit = form;
  with_unit.unit = unit_of(issuer().certificate.get());
  auto written = write_ca(dir_, organisation_of(issuer().certificate.get()), with_unit, now,
                          static_cast<unsigned>(next.cas.size()) + 1, passphrase_);
  if (!written) return written.error();
  std::vector<X509*> anchors;
  for (const Ca& ca : cas_) anchors.push_back(ca.certificate.get());
  anchors.push_back(written->certificate.get());
  // An anchor too many harms nobody, one too few makes tokens that nobody takes.
  auto done = write_text(dir_ / "ca.pem", anchors_text(anchors), 0644);
  if (!done) return done.error();
  made = Ca{std::move(written->certificate), std::move(written->key), {}};
  next.cas.push_back(written->names);
  return next.cas.size() - 1;
}

Result<std::shared_ptr<const LocalAuthority>> LocalAuthority::roll_over(
    const AuthorityForm& form, const AlgorithmPolicy& policy, Time now, bool new_ca) const {
  AuthorityState next = state_;
  next.ca_years = form.ca_years;
  next.tsa_years = form.tsa_years;
  if (auto done = leave_version_one(next); !done) return done.error();
  std::optional<Ca> made;
  const auto place = next_ca(next, form, now, new_ca || !ca_lasts(form, policy, now), made);
  if (!place) return place.error();
  const Ca& ca = made ? *made : issuer();
  auto tsa = write_tsa(dir_, form, now, static_cast<unsigned>(next.tsas.size()) + 1,
                       ca.certificate.get(), ca.key.get(), next.cas[*place].digest, passphrase_);
  if (!tsa) return tsa.error();
  tsa->ca = *place;
  for (AuthorityState::Tsa& before : next.tsas) before.key.clear();
  next.tsas.push_back(*std::move(tsa));
  // From here on the new one signs. The keys before are of no use but to a thief.
  if (auto done = write_authority_state(dir_, next); !done) return done.error();
  for (std::size_t i = 0; i + 1 < next.tsas.size(); ++i) {
    ::unlink((dir_ / fs::path(next.tsas[i].certificate).replace_extension(".key")).c_str());
  }
  return open(dir_, passphrase_);
}

Result<std::shared_ptr<const LocalAuthority>> LocalAuthority::revoke(
    ByteView serial_number, const Revocation& revocation) const {
  AuthorityState next = state_;
  for (std::size_t i = 0; i < tsas_.size(); ++i) {
    if (!verifier::equal(archive::serial_number(tsas_[i].get()), serial_number)) continue;
    if (next.tsas[i].revocation) {
      return Error{Errc::conflict, "the certificate is revoked already", dir_.string(), ""};
    }
    next.tsas[i].revocation = revocation;
    if (auto done = write_authority_state(dir_, next); !done) return done.error();
    return open(dir_, passphrase_);
  }
  return Error{Errc::not_found, "there is no certificate with that serial number here",
               dir_.string(), ""};
}

}  // namespace perdura::archive
