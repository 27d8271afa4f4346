#include "archive/local_tsa.hpp"

#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "archive/files.hpp"
#include "archive/new_file.hpp"
#include "verifier/printable.hpp"

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;

// 2.25.282762102668309421295128334682097837211: an arc of our own by a random UUID,
// d4ba0004-5eb2-49cd-8c7e-379dd929e49b (ITU-T X.667 section 7).
constexpr std::uint8_t tsa_policy[] = {0x69, 0x83, 0xA9, 0xBA, 0x80, 0x81, 0x8B, 0xEB, 0x92, 0xA7,
                                       0x9B, 0x8C, 0xBF, 0x8D, 0xF3, 0xDD, 0xC9, 0xA7, 0xC9, 0x1B};

constexpr std::size_t organisation_max = 64;  // ub-organization-name, RFC 5280 appendix A
// Whether a name can stand in a certificate as an organisation.
bool fit_for_certificate(const std::string& organisation) {
  if (!verifier::is_utf8(organisation)) return false;
  if (std::any_of(organisation.begin(), organisation.end(), verifier::is_control)) return false;
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

Result<Bytes> LocalTsa::token(const TimeStampQuestion& question) {
  const std::shared_ptr<const LocalAuthority> authority = this->authority();
  const Time now = clock_.now();
  const Time from = authority->valid_from();
  const Time until = authority->valid_until();
  const std::string where = "TSA '" + name_ + "'";
  if (now < from || now > until) {
    return Error{Errc::conflict,
                 "the clock says " + to_string(now) + ", but the local time-stamp authority may " +
                     "stamp from " + to_string(from) + " to " + to_string(until) + " only",
                 where,
                 now < from ? "set this machine's clock right"
                            : "roll it over ('perdura tsa roll-over'), or add another"};
  }
  if (const auto since = authority->revoked_since()) {
    return Error{Errc::conflict,
                 "its certificate is revoked since " + to_string(*since) + ": it stamps no more",
                 where,
                 "run 'perdura tsa retire' (again, where it was cut short), or give it a new key "
                 "('perdura tsa roll-over')"};
  }
  TokenSigner signer = authority->signer();
  signer.hash = authority->token_digest(question.algorithm);
  const TokenFields fields{.algorithm = question.algorithm,
                           .imprint = question.imprint,
                           .policy = Bytes(std::begin(tsa_policy), std::end(tsa_policy)),
                           .serial_number = new_serial_number(),
                           .gen_time = now,
                           .nonce = question.nonce};
  // Without certReq there is no certificate in the token (RFC 3161 section 2.4.1).
  if (!question.certificates) return write_token(fields, signer, {}, {});
  return write_token(fields, signer, {signer.certificate, authority->ca_certificate()},
                     {list_of(*authority, now)});
}

Bytes LocalTsa::list_of(const LocalAuthority& authority, Time now) {
  const std::lock_guard lock(mutex_);
  if (&authority == authority_.get() && list_time_ == now) return list_;
  const auto status = authority.status_of(authority.signer().certificate, now);
  verifier::check(status.has_value(), "the authority's certificate is by its own CA");
  if (&authority != authority_.get()) return status->crl;
  list_time_ = now;
  return list_ = status->crl;
}

std::string unit_of_track(const std::string& track) { return track + " authority"; }

Result<Ok> create_local_tsa(const fs::path& dir, const std::string& organisation,
                            const Clock& clock, std::string_view passphrase,
                            const AuthorityForm& form) {
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
  if (error) return system_error(error.value(), place.parent_path(), "cannot create the folder");
  // Made beside its place and then renamed: a crash leaves no half authority at `place`.
  fs::path draft = place;
  draft.replace_filename(std::string(".").append(place.filename().string()) + ".new-" +
                         verifier::to_hex(new_serial_number()).substr(0, 16));
  if (::mkdir(draft.c_str(), 0755) != 0)
    return system_error(errno, draft, "cannot create the folder");
  Result<Ok> done = LocalAuthority::create(draft, organisation, clock.now(), passphrase, form);
  if (done && std::rename(draft.c_str(), place.c_str()) != 0) {
    done = errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR
               ? exists
               : system_error(errno, place, "cannot create the folder");
  }
  if (!done) {
    fs::remove_all(draft, error);
    return done;
  }
  return sync_folder(place.parent_path());
}

Result<std::unique_ptr<LocalTsa>> LocalTsa::open(const fs::path& dir, const Clock& clock,
                                                 std::string_view passphrase, std::string name) {
  auto authority = LocalAuthority::open(dir, passphrase);
  if (!authority) return authority.error();
  return std::unique_ptr<LocalTsa>(new LocalTsa(std::move(name), clock, *std::move(authority)));
}

std::string LocalTsa::name() const { return name_; }

std::string LocalTsa::description() const { return authority()->subject(); }

std::shared_ptr<const LocalAuthority> LocalTsa::authority() const {
  const std::lock_guard lock(mutex_);
  return authority_;
}

std::optional<AuthorityEnd> LocalTsa::needs_roll_over(const verifier::AlgorithmPolicy& policy,
                                                      std::int64_t margin_s) const {
  return authority()->needs_roll_over(policy, clock_.now(), margin_s);
}

Result<Ok> LocalTsa::roll_over(const verifier::AlgorithmPolicy& policy,
                               std::optional<AuthorityForm> form, bool new_ca) {
  const std::lock_guard changing(changing_);
  const auto present = authority();
  const Time now = clock_.now();
  return become(
      present->roll_over(form.value_or(present->next_form(policy, now)), policy, now, new_ca));
}

Result<Ok> LocalTsa::revoke(const Revocation& revocation) {
  const std::lock_guard changing(changing_);
  const auto present = authority();
  return become(present->revoke(present->signer().serial_number, revocation));
}

Result<Ok> LocalTsa::become(Result<std::shared_ptr<const LocalAuthority>> changed) {
  if (!changed) return changed.error();
  const std::lock_guard lock(mutex_);
  authority_ = *std::move(changed);
  list_time_.reset();
  return Ok{};
}

Result<Bytes> LocalTsa::stamp(DigestAlgorithm algorithm, const Digest& imprint, std::stop_token) {
  verifier::check(imprint.size() == verifier::digest_size(algorithm), "imprint of its algorithm");
  if (!supported(algorithm)) {
    return Error{Errc::unsupported,
                 "imprints of " + std::string(verifier::name(algorithm)) + " are not stamped",
                 "local time-stamp authority", "use sha256, sha384, sha512 or SHA3 of these sizes"};
  }
  // No nonce: nothing can come between question and answer.
  return token({.algorithm = algorithm,
                .imprint = imprint,
                .policy = {},
                .nonce = {},
                .certificates = true});
}

FreshStatus LocalTsa::fresh_status(ByteView token) {
  const auto certificates = certificates_of(token);
  const auto present = authority();
  FreshStatus status;
  for (const Bytes& each : certificates ? *certificates : std::vector<Bytes>()) {
    const CertificateHandle certificate = read_certificate(each);
    if (!certificate || X509_check_ca(certificate.get()) != 0) continue;
    auto found = present->status_of(each, clock_.now());
    if (!found) continue;
    status.certificates = {std::move(found->ca_certificate)};
    status.crls = {std::move(found->crl)};
    return status;
  }
  ERR_clear_error();
  status.warnings = {name_ + ": the token is not one of this authority"};
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
  if (!question.policy.empty() && !verifier::equal(question.policy, tsa_policy)) {
    return write_rejected("this policy is not supported", failure::unaccepted_policy);
  }
  auto token = this->token(question);
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
