#include "archive/local_tsa.hpp"

#include <fcntl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

#include "archive/local_ca.hpp"
#include "archive/time_stamp_protocol.hpp"
#include "archive/token_writer.hpp"

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;

// 2.25.282762102668309421295128334682097837211: an arc of our own by a random UUID,
// d4ba0004-5eb2-49cd-8c7e-379dd929e49b (ITU-T X.667 section 7).
constexpr std::uint8_t policy[] = {0x69, 0x83, 0xA9, 0xBA, 0x80, 0x81, 0x8B, 0xEB, 0x92, 0xA7,
                                   0x9B, 0x8C, 0xBF, 0x8D, 0xF3, 0xDD, 0xC9, 0xA7, 0xC9, 0x1B};

constexpr std::size_t organisation_max = 64;  // ub-organization-name, RFC 5280 appendix A
constexpr std::uintmax_t file_size_max = 64 * 1024;

constexpr char ca_certificate_file[] = "ca.pem";
constexpr char ca_key_file[] = "ca.key";
constexpr char tsa_certificate_file[] = "tsa.pem";
constexpr char tsa_key_file[] = "tsa.key";

Error io_error(const std::string& what, const fs::path& where, int number) {
  const Errc code = number == EACCES || number == EPERM ? Errc::denied : Errc::io;
  return {code, what + ": " + std::generic_category().message(number), where.string(),
          code == Errc::denied ? "run as the user that owns the folder"
                               : "check the disk and its free space"};
}

Result<Ok> sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return io_error("cannot open the folder", folder, errno);
  const int failed = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (failed != 0) return io_error("cannot sync the folder", folder, failed);
  return Ok{};
}

// A new file with this mode, on disk when it returns.
Result<Ok> write_file(const fs::path& path, std::string_view text, mode_t mode) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return io_error("cannot create the file", path, errno);
  int failed = 0;
  while (!text.empty() && failed == 0) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) failed = errno;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (failed == 0 && ::fsync(fd) != 0) failed = errno;
  if (::close(fd) != 0 && failed == 0) failed = errno;
  if (failed != 0) return io_error("cannot write the file", path, failed);
  return Ok{};
}

Result<std::string> read_file(const fs::path& path, bool secret) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) return io_error("cannot read the file", path, errno);
    return Error{Errc::not_found, "a file of the local time-stamp authority is missing",
                 path.string(), "restore the folder from a backup"};
  }
  if (secret && (status.st_mode & 077) != 0) {
    return Error{Errc::denied, "others than its owner may read this key", path.string(),
                 "run: chmod 600 '" + path.string() + "'"};
  }
  std::ifstream in(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(std::min<std::uintmax_t>(
                       static_cast<std::uintmax_t>(status.st_size), file_size_max)),
                   '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(text.size()))) {
    return io_error("cannot read the file", path, errno != 0 ? errno : EIO);
  }
  return text;
}

// `error` as one of the file at `path`.
Error in_file(Error error, const fs::path& path) {
  error.where = path.string();
  return error;
}

struct KeyAndCertificate {
  KeyHandle key;
  CertificateHandle certificate;
};

Result<KeyAndCertificate> read_pair(const fs::path& dir, const char* certificate_file,
                                    const char* key_file, std::string_view passphrase) {
  auto certificate_text = read_file(dir / certificate_file, false);
  if (!certificate_text) return certificate_text.error();
  auto key_text = read_file(dir / key_file, true);
  if (!key_text) return key_text.error();
  auto certificate = certificate_from_pem(*certificate_text);
  if (!certificate) return in_file(certificate.error(), dir / certificate_file);
  auto key = key_from_pem(*key_text, passphrase);
  if (!key) return in_file(key.error(), dir / key_file);
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    ERR_clear_error();
    return Error{Errc::malformed, std::string("this key is not that of ") + certificate_file,
                 (dir / key_file).string(), "restore the folder from a backup"};
  }
  return KeyAndCertificate{*std::move(key), *std::move(certificate)};
}

// Writes all files of a new authority into the folder `dir`, which is empty.
Result<Ok> fill_folder(const fs::path& dir, const std::string& organisation, Time now,
                       std::string_view passphrase) {
  const KeyHandle ca_key = new_signing_key();
  const KeyHandle tsa_key = new_signing_key();
  const CertificateHandle ca = make_ca_certificate(ca_key.get(), organisation, now);
  const CertificateHandle tsa =
      make_tsa_certificate(tsa_key.get(), organisation, now, ca.get(), ca_key.get());
  const struct {
    const char* name;
    std::string text;
    mode_t mode;
  } files[] = {
      {ca_certificate_file, certificate_pem(ca.get()), 0644},
      {ca_key_file, key_pem(ca_key.get(), passphrase), 0600},
      {tsa_certificate_file, certificate_pem(tsa.get()), 0644},
      {tsa_key_file, key_pem(tsa_key.get(), passphrase), 0600},
  };
  for (const auto& file : files) {
    if (auto done = write_file(dir / file.name, file.text, file.mode); !done) return done;
  }
  return sync_folder(dir);
}

// Whether a name can stand in a certificate as an organisation.
bool fit_for_certificate(const std::string& organisation) {
  if (!verifier::is_utf8(organisation)) return false;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(organisation.begin(), organisation.end(), is_control)) return false;
  const auto characters = std::count_if(organisation.begin(), organisation.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  return characters >= 1 && characters <= static_cast<std::ptrdiff_t>(organisation_max);
}

// The algorithms that a question may have here.
bool supported(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha256:
    case DigestAlgorithm::sha384:
    case DigestAlgorithm::sha512:
    case DigestAlgorithm::sha3_256:
    case DigestAlgorithm::sha3_384:
    case DigestAlgorithm::sha3_512:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct LocalTsa::State {
  std::string name;
  const Clock& clock;
  KeyAndCertificate ca;
  KeyAndCertificate tsa;
  Bytes ca_der;
  TokenSigner signer;  // with the hash still to be chosen
  Time valid_from, valid_until;
  // The CRL of the second at which a token was made last: its number is that second.
  std::mutex mutex;
  Time crl_time;
  Bytes crl;

  Bytes crl_of(Time now) {
    const std::lock_guard lock(mutex);
    if (crl.empty() || crl_time != now) {
      crl = make_empty_crl(ca.certificate.get(), ca.key.get(), now, valid_until);
      crl_time = now;
    }
    return crl;
  }

  // A token that answers the question, at this very time.
  Result<Bytes> token(const TimeStampQuestion& question);
};

Result<Bytes> LocalTsa::State::token(const TimeStampQuestion& question) {
  const Time now = clock.now();
  if (now < valid_from || now > valid_until) {
    return Error{Errc::conflict,
                 "the clock says " + to_string(now) + ", but the local time-stamp authority may " +
                     "stamp from " + to_string(valid_from) + " to " + to_string(valid_until) +
                     " only",
                 "local time-stamp authority",
                 now < valid_from ? "set this machine's clock right"
                                  : "make a new local authority, or name another with --tsa"};
  }
  TokenSigner with_hash = signer;
  with_hash.hash = question.imprint.size() > 32 ? DigestAlgorithm::sha512 : DigestAlgorithm::sha256;
  const TokenFields fields{.algorithm = question.algorithm,
                           .imprint = question.imprint,
                           .policy = Bytes(std::begin(policy), std::end(policy)),
                           .serial_number = new_serial_number(),
                           .gen_time = now,
                           .nonce = question.nonce};
  // Without certReq there is no certificate in the token (RFC 3161 section 2.4.1).
  if (!question.certificates) return write_token(fields, with_hash, {}, {});
  return write_token(fields, with_hash, {signer.certificate, ca_der}, {crl_of(now)});
}

Result<Ok> create_local_tsa(const fs::path& dir, const std::string& organisation,
                            const Clock& clock, std::string_view passphrase) {
  if (!fit_for_certificate(organisation)) {
    return Error{Errc::misuse, "an organisation's name has 1 to 64 characters on one line", "",
                 "give a shorter name"};
  }
  const fs::path target = fs::absolute(dir).lexically_normal();
  const fs::path place = target.has_filename() ? target : target.parent_path();
  const Error exists{Errc::conflict, "there is something already; it is not overwritten",
                     place.string(), "give a folder that does not exist yet"};
  std::error_code error;
  if (fs::exists(place, error) && !fs::is_empty(place, error)) return exists;
  fs::create_directories(place.parent_path(), error);
  if (error) return io_error("cannot create the folder", place.parent_path(), error.value());
  // Made beside its place and then renamed: a crash leaves no half authority at `place`.
  fs::path draft = place;
  draft.replace_filename(std::string(".").append(place.filename().string()) + ".new-" +
                         verifier::to_hex(new_serial_number()).substr(0, 16));
  if (::mkdir(draft.c_str(), 0755) != 0) return io_error("cannot create the folder", draft, errno);
  Result<Ok> done = fill_folder(draft, organisation, clock.now(), passphrase);
  if (done && std::rename(draft.c_str(), place.c_str()) != 0) {
    done = errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR
               ? exists
               : io_error("cannot create the folder", place, errno);
  }
  if (!done) {
    fs::remove_all(draft, error);
    return done;
  }
  return sync_folder(place.parent_path());
}

Result<std::unique_ptr<LocalTsa>> LocalTsa::open(const fs::path& dir, const Clock& clock,
                                                 std::string_view passphrase, std::string name) {
  auto ca = read_pair(dir, ca_certificate_file, ca_key_file, passphrase);
  if (!ca) return ca.error();
  auto tsa = read_pair(dir, tsa_certificate_file, tsa_key_file, passphrase);
  if (!tsa) return tsa.error();
  X509* certificate = tsa->certificate.get();
  const OpensslHandle<BIGNUM, BN_free> serial(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  Bytes serial_octets(static_cast<std::size_t>(BN_num_bytes(serial.get())));
  BN_bn2bin(serial.get(), serial_octets.data());
  if (serial_octets.empty() || (serial_octets[0] & 0x80) != 0) {
    serial_octets.insert(serial_octets.begin(), 0);
  }
  TokenSigner signer{.key = tsa->key.get(),
                     .certificate = openssl_der(i2d_X509, certificate),
                     .issuer = openssl_der(i2d_X509_NAME, X509_get_issuer_name(certificate)),
                     .serial_number = std::move(serial_octets),
                     .hash = DigestAlgorithm::sha256};
  Bytes ca_der = openssl_der(i2d_X509, ca->certificate.get());
  const Time from = not_before(certificate);
  const Time until = not_after(certificate);
  std::unique_ptr<State> state(new State{.name = std::move(name),
                                         .clock = clock,
                                         .ca = *std::move(ca),
                                         .tsa = *std::move(tsa),
                                         .ca_der = std::move(ca_der),
                                         .signer = std::move(signer),
                                         .valid_from = from,
                                         .valid_until = until,
                                         .mutex = {},
                                         .crl_time = {},
                                         .crl = {}});
  return std::unique_ptr<LocalTsa>(new LocalTsa(std::move(state)));
}

LocalTsa::LocalTsa(std::unique_ptr<State> state) : state_(std::move(state)) {}
LocalTsa::~LocalTsa() = default;

std::string LocalTsa::name() const { return state_->name; }

std::string LocalTsa::description() const {
  return name_text(X509_get_subject_name(state_->tsa.certificate.get()));
}

Result<Bytes> LocalTsa::stamp(DigestAlgorithm algorithm, const Digest& imprint) {
  verifier::check(imprint.size() == verifier::digest_size(algorithm), "imprint of its algorithm");
  if (!supported(algorithm)) {
    return Error{Errc::unsupported,
                 "imprints of " + std::string(verifier::name(algorithm)) + " are not stamped",
                 "local time-stamp authority", "use sha256, sha384, sha512 or SHA3 of these sizes"};
  }
  // No nonce: nothing can come between question and answer.
  return state_->token({.algorithm = algorithm,
                        .imprint = imprint,
                        .policy = {},
                        .nonce = {},
                        .certificates = true});
}

FreshStatus LocalTsa::fresh_status(ByteView token) {
  const auto certificates = certificates_of(token);
  FreshStatus status;
  X509* ca = state_->ca.certificate.get();
  for (const Bytes& each : certificates ? *certificates : std::vector<Bytes>()) {
    const CertificateHandle certificate = read_certificate(each);
    if (!certificate || X509_check_issued(ca, certificate.get()) != X509_V_OK) continue;
    status.certificates = {state_->ca_der};
    status.crls = {state_->crl_of(state_->clock.now())};
    return status;
  }
  ERR_clear_error();
  status.warnings = {state_->name + ": the token is not one of this authority"};
  return status;
}

Result<Bytes> LocalTsa::answer(ByteView time_stamp_req) {
  const auto read = read_question(time_stamp_req);
  if (const auto* unreadable = std::get_if<UnreadableQuestion>(&read)) {
    return write_rejected(unreadable->what, unreadable->failure);
  }
  const auto& question = std::get<TimeStampQuestion>(read);
  if (!supported(question.algorithm)) {
    return write_rejected("this hash algorithm is not supported", failure::bad_algorithm);
  }
  if (!question.policy.empty() && !verifier::equal(question.policy, policy)) {
    return write_rejected("this policy is not supported", failure::unaccepted_policy);
  }
  auto token = state_->token(question);
  if (!token) return write_rejected(token.error().what, failure::time_not_available);
  return write_granted(*token);
}

Result<std::unique_ptr<TsaClient>> open_local_tsa(const fs::path& dir, const Clock& clock,
                                                  std::string_view passphrase, std::string name) {
  auto opened = LocalTsa::open(dir, clock, passphrase, std::move(name));
  if (!opened) return opened.error();
  return std::unique_ptr<TsaClient>(*std::move(opened));
}

}  // namespace perdura::archive
