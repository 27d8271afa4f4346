/* Judges a package, record by record:   example PACKAGE CA.pem [TIME] */
#include <perdura_verifier.h>
#include <stdio.h>

static void print_record(const char *json, void *context) {
  (void)context;
  puts(json);
}

int main(int argc, char **argv) {
  static char pem[65536];
  size_t size = 0;
  FILE *file;
  perdura_verifier *verifier;
  perdura_verdict verdict = PERDURA_UNREADABLE;

  if (argc < 3 || perdura_verifier_abi() != PERDURA_VERIFIER_ABI) return 3;
  file = fopen(argv[2], "rb");
  if (file != NULL) {
    size = fread(pem, 1, sizeof pem, file);
    fclose(file);
  }
  verifier = perdura_verifier_new();
  if (perdura_verifier_trust(verifier, pem, size) &&
      (argc < 4 || perdura_verifier_set_time(verifier, argv[3]))) {
    verdict = perdura_verifier_package(verifier, argv[1], print_record, NULL);
  }
  if (verdict == PERDURA_UNREADABLE) {
    fprintf(stderr, "error: %s\n", perdura_verifier_error(verifier));
  } else {
    puts(perdura_verifier_report(verifier));
  }
  perdura_verifier_free(verifier);
  return verdict;
}
