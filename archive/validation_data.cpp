#include "archive/validation_data.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>

#include "archive/openssl_handles.hpp"
#include "verifier/der.hpp"
#include "verifier/signature.hpp"

namespace perdura::archive {
namespace {

namespace tag = verifier::tag;
using verifier::DerInput;
using verifier::DerLimits;
using verifier::DerReader;
using verifier::EncodingRules;
using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Tag;

constexpr std::size_t token_size_max = std::size_t{16} << 20;
constexpr std::size_t chain_length_max = 10;
// id-aa-ets-revocationValues, 1.2.840.113549.1.9.16.2.24: the content octets.
constexpr std::uint8_t id_revocation_values[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
                                                 0x01, 0x09, 0x10, 0x02, 0x18};

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

// Puts views of those of `additions` that are not there yet into `present`. Whether it changed.
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

// SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, signedAttrs [0] OPTIONAL,
//   signatureAlgorithm, signature, unsignedAttrs [1] IMPLICIT OPTIONAL }       -- RFC 5652 §5.3
// the first of signerInfos. Views into the token.
struct OpenSigner {
  Shell set{}, info{};
  ByteView before;  // version to signature
  std::optional<Shell> attributes_shell;
  std::vector<ByteView> attributes;  // whole elements
  ByteView others;                   // further SignerInfos
};

Result<OpenSigner> open_signer(ByteView signer_infos) {
  DerInput input(signer_infos, DerLimits{.size = token_size_max}, EncodingRules::ber);
  DerReader top = input.reader();
  OpenSigner signer;
  DerReader set = top.constructed(tag::set);
  DerReader info = set.constructed(tag::sequence);
  const std::uint8_t* end = nullptr;
  while (info.more() && !info.next_is(tag::context(1))) {
    const ByteView element = info.any();
    end = element.data() + element.size();
  }
  signer.attributes = elements(info, tag::context(1), signer.attributes_shell);
  info.end();
  const std::uint8_t* others = info.encoding().data() + info.encoding().size();
  const std::uint8_t* last = others;
  while (set.more()) {
    const ByteView other = set.any();
    last = other.data() + other.size();
  }
  if (input.failed() || end == nullptr) {
    return Error{Errc::malformed, "this is not a time-stamp token: its signer does not parse", "",
                 ""};
  }
  signer.set = shell_of(set.encoding());
  signer.info = shell_of(info.encoding());
  signer.before = {info.contents().data(), end};
  signer.others = {others, last};
  return signer;
}

// RevocationValues ::= SEQUENCE { crlVals [0] SEQUENCE OF CertificateList OPTIONAL,
//   ocspVals [1] SEQUENCE OF BasicOCSPResponse OPTIONAL, otherRevVals [2] OPTIONAL }
// as the one value of an attribute.                                       -- RFC 5126 §6.3.4
struct RevocationValues {
  ByteView before, after;  // crlVals; otherRevVals
  std::vector<ByteView> responses;
};

// What is in `attribute`; nothing when it is another's, or not of this form.
std::optional<RevocationValues> revocation_values(ByteView attribute) {
  DerInput input(attribute, DerLimits{.size = token_size_max}, EncodingRules::ber);
  DerReader top = input.reader();
  DerReader in = top.constructed(tag::sequence);
  if (!verifier::equal(in.oid(), id_revocation_values)) return std::nullopt;
  DerReader set = in.constructed(tag::set);
  DerReader values = set.constructed(tag::sequence);
  set.end();
  in.end();
  RevocationValues found;
  found.before = values.optional_element(tag::context(0)).value_or(ByteView());
  if (values.next_is(tag::context(1))) {
    DerReader holder = values.constructed(tag::context(1));
    std::optional<Shell> ignored;
    found.responses = elements(holder, tag::sequence, ignored);
    holder.end();
  }
  found.after = values.optional_element(tag::context(2)).value_or(ByteView());
  values.end();
  if (input.failed()) return std::nullopt;
  return found;
}

Bytes write_revocation_values(const RevocationValues& values) {
  verifier::DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.oid(id_revocation_values);
    out.constructed(tag::set, [&] {
      out.constructed(tag::sequence, [&] {
        out.raw(values.before);
        out.constructed(tag::context(1), [&] {
          out.constructed(tag::sequence, [&] {
            for (const ByteView response : values.responses) out.raw(response);
          });
        });
        out.raw(values.after);
      });
    });
  });
  return out.take();
}

// signerInfos with the responses in revocation-values, but for those that are there already.
Result<Bytes> with_ocsp_responses(ByteView signer_infos, const std::vector<Bytes>& responses) {
  auto signer = open_signer(signer_infos);
  if (!signer) return signer.error();
  RevocationValues values;
  const auto is_ours = [&](ByteView attribute) {
    auto found = revocation_values(attribute);
    if (found) values = *std::move(found);
    return found.has_value();
  };
  const auto ours = std::find_if(signer->attributes.begin(), signer->attributes.end(), is_ours);
  const std::size_t had = values.responses.size();
  for (const Bytes& response : responses) {
    const auto same = [&](ByteView there) { return verifier::equal(there, response); };
    if (std::any_of(values.responses.begin(), values.responses.end(), same)) continue;
    values.responses.emplace_back(response);
  }
  if (values.responses.size() == had) return verifier::to_bytes(signer_infos);
  const std::vector<Bytes> attribute{write_revocation_values(values)};
  if (ours != signer->attributes.end()) signer->attributes.erase(ours);
  merge(signer->attributes, attribute);
  Bytes info = verifier::to_bytes(signer->before);
  append_set(info, tag::context(1), signer->attributes_shell, signer->attributes);
  Bytes set = wrapped(signer->info, info);
  set.insert(set.end(), signer->others.begin(), signer->others.end());
  return wrapped(signer->set, set);
}

}  // namespace

Result<Bytes> insert_validation_data(ByteView token, const std::vector<Bytes>& certificates,
                                     const std::vector<Bytes>& crls,
                                     const std::vector<Bytes>& ocsp_responses) {
  auto open = open_token(token);
  if (!open) return open.error();
  if (auto fit = check_insertable(certificates, "certificate"); !fit) return fit.error();
  if (auto fit = check_insertable(crls, "CRL"); !fit) return fit.error();
  if (auto fit = check_insertable(ocsp_responses, "OCSP response"); !fit) return fit.error();
  const bool more_certificates = merge(open->certificates, certificates);
  const bool more_crls = merge(open->crls, crls);
  const auto signer_infos = with_ocsp_responses(open->signer_infos, ocsp_responses);
  if (!signer_infos) return signer_infos.error();
  const bool more_responses = !verifier::equal(*signer_infos, open->signer_infos);
  if (!more_certificates && !more_crls && !more_responses) return verifier::to_bytes(token);

  Bytes signed_data = verifier::to_bytes(open->before);
  append_set(signed_data, tag::context(0), open->certificates_shell, open->certificates);
  append_set(signed_data, tag::context(1), open->crls_shell, open->crls);
  signed_data.insert(signed_data.end(), signer_infos->begin(), signer_infos->end());
  const Bytes content = wrapped(open->content, wrapped(open->signed_data, signed_data));
  Bytes content_info = verifier::to_bytes(open->content_type);
  content_info.insert(content_info.end(), content.begin(), content.end());
  Bytes result = wrapped(open->content_info, content_info);
  if (result.size() > token_size_max) {
    return Error{Errc::too_large, "the token would be larger than 16 MiB", "", ""};
  }
  return result;
}

Result<Bytes> insert_validation_data(ByteView token, const FreshStatus& status) {
  return insert_validation_data(token, status.certificates, status.crls, status.ocsp_responses);
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

bool is_issued_by(ByteView certificate, ByteView issuer) {
  const CertificateHandle subject = read_certificate(certificate);
  const CertificateHandle ca = read_certificate(issuer);
  const auto parts = verifier::signed_parts(certificate);
  if (!subject || !ca || !parts) return false;
  if (X509_NAME_cmp(X509_get_issuer_name(subject.get()), X509_get_subject_name(ca.get())) != 0) {
    return false;
  }
  const ASN1_OCTET_STRING* wanted = X509_get0_authority_key_id(subject.get());
  const ASN1_OCTET_STRING* has = X509_get0_subject_key_id(ca.get());
  if (wanted != nullptr && has != nullptr && ASN1_OCTET_STRING_cmp(wanted, has) != 0) return false;
  return verifier::check_signature(parts->algorithm, std::nullopt, X509_get0_pubkey(ca.get()),
                                   parts->tbs, parts->signature)
             .outcome == verifier::SignatureOutcome::valid;
}

std::vector<Bytes> collect_chain(ByteView certificate, const std::vector<Bytes>& pool) {
  std::vector<Bytes> chain;
  // Invariant: `last` is the topmost certificate of the chain so far.
  ByteView last = certificate;
  while (chain.size() < chain_length_max && !is_issued_by(last, last)) {  // it is no root
    const auto issuer = std::ranges::find_if(
        pool, [&](const Bytes& candidate) { return is_issued_by(last, candidate); });
    if (issuer == pool.end()) break;
    chain.push_back(*issuer);
    last = *issuer;
  }
  ERR_clear_error();
  return chain;
}

}  // namespace perdura::archive
