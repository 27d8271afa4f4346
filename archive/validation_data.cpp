#include "archive/validation_data.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <set>

#include "archive/openssl_handles.hpp"
#include "verifier/der.hpp"

namespace perdura::archive {
namespace {

namespace tag = verifier::tag;
using verifier::DerInput;
using verifier::DerLimits;
using verifier::DerReader;
using verifier::EncodingRules;
using verifier::Tag;
using verifier::Time;

constexpr std::size_t token_size_max = std::size_t{16} << 20;
constexpr std::size_t chain_length_max = 10;
constexpr std::size_t places_max = 20;  // distribution points to ask, of all certificates together

// An element's tag and form of length: what stays when its contents change.
struct Shell {
  Tag tag;
  bool indefinite;
};

Shell shell_of(ByteView encoding) { return {encoding[0], encoding[1] == 0x80}; }

Bytes wrapped(Shell shell, ByteView contents) {
  Bytes out =
      shell.indefinite ? Bytes{shell.tag, 0x80} : verifier::der_header(shell.tag, contents.size());
  out.insert(out.end(), contents.begin(), contents.end());
  if (shell.indefinite) out.insert(out.end(), {0x00, 0x00});
  return out;
}

// SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo,        -- RFC 5652 §5.1
//   certificates [0] IMPLICIT OPTIONAL, crls [1] IMPLICIT OPTIONAL, signerInfos }
// inside ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT }. Views into the token.
struct OpenToken {
  Shell content_info{}, content{}, signed_data{};
  ByteView content_type;  // whole
  ByteView before;        // version to encapContentInfo
  std::optional<Shell> certificates_shell, crls_shell;
  std::vector<ByteView> certificates, crls;  // whole elements
  ByteView signer_infos;                     // whole
};

std::vector<ByteView> elements(DerReader& in, Tag set, std::optional<Shell>& shell) {
  std::vector<ByteView> all;
  if (!in.next_is(set)) return all;
  DerReader members = in.constructed(set);
  while (members.more()) all.push_back(members.any());
  if (members.encoding().size() >= 2) shell = shell_of(members.encoding());
  return all;
}

Result<OpenToken> open_token(ByteView octets) {
  DerInput input(octets, DerLimits{.size = token_size_max}, EncodingRules::ber);
  DerReader top = input.reader();
  OpenToken token;
  DerReader content_info = top.constructed(tag::sequence);
  top.end();
  token.content_type = content_info.element(tag::oid);
  DerReader content = content_info.constructed(tag::context(0));
  content_info.end();
  DerReader signed_data = content.constructed(tag::sequence);
  content.end();
  const ByteView version = signed_data.element(tag::integer);
  const ByteView algorithms = signed_data.element(tag::set);
  const ByteView encapsulated = signed_data.element(tag::sequence);
  token.certificates = elements(signed_data, tag::context(0), token.certificates_shell);
  token.crls = elements(signed_data, tag::context(1), token.crls_shell);
  token.signer_infos = signed_data.element(tag::set);
  signed_data.end();
  if (input.failed()) {
    Error error = *input.error();
    error.what = "this is not a time-stamp token: " + error.what;
    return error;
  }
  token.content_info = shell_of(content_info.encoding());
  token.content = shell_of(content.encoding());
  token.signed_data = shell_of(signed_data.encoding());
  token.before = {version.data(), version.size() + algorithms.size() + encapsulated.size()};
  return token;
}

// Puts those of `additions` that are not there yet into `present`. Whether it changed.
bool merge(std::vector<ByteView>& present, const std::vector<Bytes>& additions) {
  const auto before = [](ByteView a, ByteView b) { return verifier::compare(a, b) < 0; };
  const bool ordered = std::is_sorted(present.begin(), present.end(), before);
  bool changed = false;
  for (const Bytes& addition : additions) {
    const auto same = [&](ByteView there) { return verifier::equal(there, addition); };
    if (std::any_of(present.begin(), present.end(), same)) continue;
    const auto at =
        ordered ? std::upper_bound(present.begin(), present.end(), ByteView(addition), before)
                : present.end();
    present.insert(at, addition);
    changed = true;
  }
  return changed;
}

void append_set(Bytes& out, Tag set, const std::optional<Shell>& shell,
                const std::vector<ByteView>& members) {
  if (!shell && members.empty()) return;
  Bytes contents;
  for (const ByteView member : members) {
    contents.insert(contents.end(), member.begin(), member.end());
  }
  const Bytes whole = wrapped(shell.value_or(Shell{set, false}), contents);
  out.insert(out.end(), whole.begin(), whole.end());
}

// Whether every one is a DER SEQUENCE alone. Errors: malformed.
Result<Ok> check_insertable(const std::vector<Bytes>& all, const char* what) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    DerInput input(all[i], DerLimits{.size = token_size_max});
    DerReader reader = input.reader();
    reader.element(tag::sequence);
    reader.end();
    if (!input.failed()) continue;
    return Error{Errc::malformed, std::string("this is not a ") + what + ": " + input.error()->what,
                 "number " + std::to_string(i + 1) + " of those to be put into the token", ""};
  }
  return Ok{};
}

using DistributionPoints = OpensslHandle<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;

// The http and https places at which the certificate's CRL lies.
std::vector<std::string> crl_places(X509* certificate) {
  std::vector<std::string> places;
  const DistributionPoints points(static_cast<CRL_DIST_POINTS*>(
      X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)));
  ERR_clear_error();
  for (int i = 0; points && i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
    if (point->distpoint == nullptr || point->distpoint->type != 0) continue;
    const GENERAL_NAMES* names = point->distpoint->name.fullname;
    for (int j = 0; j < sk_GENERAL_NAME_num(names); ++j) {
      const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, j);
      if (name->type != GEN_URI) continue;
      const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
      std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                       static_cast<std::size_t>(ASN1_STRING_length(uri)));
      if (text.starts_with("http://") || text.starts_with("https://")) {
        places.push_back(std::move(text));
      }
    }
  }
  return places;
}

std::optional<Time> time_of(const ASN1_TIME* time) {
  std::tm tm{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &tm) != 1) return std::nullopt;
  return verifier::time_from_utc(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                                 tm.tm_min, tm.tm_sec);
}

// The CRL at `place`, for a certificate that `issuer` issued.
Result<Bytes> fetch_crl(const std::string& place, const X509_NAME* issuer,
                        const HttpOptions& options) {
  HttpRequest request{
      .url = place, .content_type = "", .accept = "application/pkix-crl", .body = {}};
  auto response = http_exchange(request, options);
  if (!response) return response.error();
  if (response->status != 200) {
    return Error{Errc::unavailable, "HTTP status " + std::to_string(response->status), place, ""};
  }
  const CrlHandle crl = read_crl(response->body);
  if (!crl) return Error{Errc::malformed, "what lies there is not a CRL in DER", place, ""};
  if (X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), issuer) != 0) {
    return Error{Errc::malformed,
                 "the CRL there is that of " + name_text(X509_CRL_get_issuer(crl.get())) +
                     ", not of " + name_text(issuer),
                 place, ""};
  }
  return std::move(response->body);
}

// A sentence when `crl` is of a time before `wanted_since`; empty otherwise.
std::string too_old(ByteView crl, const std::string& place, std::optional<Time> wanted_since) {
  const CrlHandle read = read_crl(crl);
  const auto this_update = time_of(X509_CRL_get0_lastUpdate(read.get()));
  if (!wanted_since || (this_update && *this_update >= *wanted_since)) return {};
  return "the status list from " + place + " is of " +
         (this_update ? to_string(*this_update) : "an unknown time") + ", before " +
         to_string(*wanted_since) +
         ": a newer one is needed before it shows the state at that time";
}

}  // namespace

Result<Bytes> insert_validation_data(ByteView token, const std::vector<Bytes>& certificates,
                                     const std::vector<Bytes>& crls) {
  auto open = open_token(token);
  if (!open) return open.error();
  if (auto fit = check_insertable(certificates, "certificate"); !fit) return fit.error();
  if (auto fit = check_insertable(crls, "CRL"); !fit) return fit.error();
  const bool more_certificates = merge(open->certificates, certificates);
  const bool more_crls = merge(open->crls, crls);
  if (!more_certificates && !more_crls) return verifier::to_bytes(token);

  Bytes signed_data = verifier::to_bytes(open->before);
  append_set(signed_data, tag::context(0), open->certificates_shell, open->certificates);
  append_set(signed_data, tag::context(1), open->crls_shell, open->crls);
  signed_data.insert(signed_data.end(), open->signer_infos.begin(), open->signer_infos.end());
  const Bytes content = wrapped(open->content, wrapped(open->signed_data, signed_data));
  Bytes content_info = verifier::to_bytes(open->content_type);
  content_info.insert(content_info.end(), content.begin(), content.end());
  Bytes result = wrapped(open->content_info, content_info);
  if (result.size() > token_size_max) {
    return Error{Errc::too_large, "the token would be larger than 16 MiB", "", ""};
  }
  return result;
}

Result<std::vector<Bytes>> certificates_of(ByteView token) {
  const auto open = open_token(token);
  if (!open) return open.error();
  std::vector<Bytes> certificates;
  for (const ByteView each : open->certificates) {
    // CertificateChoices has other kinds, with context tags: nobody uses them.
    if (each[0] == tag::sequence) certificates.push_back(verifier::to_bytes(each));
  }
  return certificates;
}

std::vector<Bytes> collect_chain(ByteView certificate, const std::vector<Bytes>& pool) {
  std::vector<Bytes> chain;
  CertificateHandle last = read_certificate(certificate);
  // Invariant: `last` is the topmost certificate of the chain so far.
  while (last && chain.size() < chain_length_max) {
    if (X509_check_issued(last.get(), last.get()) == X509_V_OK) break;  // a root
    CertificateHandle issuer;
    for (const Bytes& candidate : pool) {
      CertificateHandle read = read_certificate(candidate);
      if (!read || X509_check_issued(read.get(), last.get()) != X509_V_OK) continue;
      if (X509_verify(last.get(), X509_get0_pubkey(read.get())) != 1) continue;
      issuer = std::move(read);
      chain.push_back(candidate);
      break;
    }
    last = std::move(issuer);
  }
  ERR_clear_error();
  return chain;
}

FetchedCrls fetch_crls(const std::vector<Bytes>& certificates, const HttpOptions& options,
                       std::optional<Time> wanted_since) {
  FetchedCrls fetched;
  std::set<std::string> asked;
  const auto begin = std::chrono::steady_clock::now();
  for (const Bytes& der : certificates) {
    const CertificateHandle certificate = read_certificate(der);
    if (!certificate) continue;
    for (const std::string& place : crl_places(certificate.get())) {
      if (asked.size() >= places_max || !asked.insert(place).second) continue;
      const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::steady_clock::now() - begin);
      HttpOptions what_is_left = options;
      what_is_left.timeout_ms = std::max(0, options.timeout_ms - static_cast<int>(spent.count()));
      auto crl = fetch_crl(place, X509_get_issuer_name(certificate.get()), what_is_left);
      if (!crl) {
        fetched.warnings.push_back("no status list: " + to_string(crl.error()));
        continue;
      }
      if (auto old = too_old(*crl, place, wanted_since); !old.empty()) {
        fetched.warnings.push_back(std::move(old));
      }
      fetched.crls.push_back(*std::move(crl));
    }
  }
  return fetched;
}

}  // namespace perdura::archive
