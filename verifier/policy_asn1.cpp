// Reads and writes the ASN.1 form of a policy (RFC 5698 appendix A.2 and erratum 6948).
#include <algorithm>

#include "verifier/der.hpp"
#include "verifier/policy_reader.hpp"

namespace perdura::verifier {
namespace {

constexpr std::string_view content_type_dssc = "1.3.6.1.5.5.11.1.6";
constexpr std::string_view content_type_signed = "1.2.840.113549.1.7.2";

// What one element is read into; the reader's input latches the first error.
std::string text(DerReader& in, Tag tag) {
  const ByteView octets = in.primitive(tag);
  if (octets.size() > policy_limits::text) in.fail("text is too long", Errc::too_large);
  if (!is_utf8(as_text(octets))) in.fail("text is not UTF-8");
  return std::string(as_text(octets));
}

std::optional<Time> time(DerReader& in, Tag tag) {
  const auto written = in.optional_element(tag);
  if (!written) return std::nullopt;
  DerInput holder(*written);
  const auto result = parse_generalized_time(as_text(holder.reader().primitive(tag)));
  if (!result) in.fail("is no GeneralizedTime that exists");
  return result;
}

template <typename T, typename Read>
std::vector<T> list(DerReader in, std::size_t limit, const Read& read) {
  std::vector<T> result;
  while (in.more()) {
    result.push_back(read(in));
    if (result.size() > limit) in.fail("list is too long", Errc::too_large);
  }
  return result;
}

std::optional<int> bound(DerReader& in, unsigned number) {
  if (!in.next_is(tag::context_primitive(number))) return std::nullopt;
  const std::uint64_t value = in.small_integer(tag::context_primitive(number));
  if (value > policy_limits::parameter) in.fail("parameter is too large", Errc::too_large);
  return static_cast<int>(std::min<std::uint64_t>(value, policy_limits::parameter));
}

// Parameter ::= SEQUENCE { name UTF8String, min [0] INTEGER OPTIONAL, max [1] INTEGER OPTIONAL,
//   other [2] Extension OPTIONAL }
PolicyParameter read_parameter(DerReader& in) {
  DerReader parameter = in.constructed(tag::sequence);
  PolicyParameter result;
  result.name = text(parameter, tag::utf8_string);
  result.min = bound(parameter, 0);
  result.max = bound(parameter, 1);
  result.understood = !parameter.optional_element(tag::context(2));
  parameter.end();
  return result;
}

// Evaluation ::= SEQUENCE { parameters [0] SEQUENCE OF Parameter OPTIONAL,
//   validity [1] Validity, other [2] Extension OPTIONAL }
// Validity ::= SEQUENCE { start [0] GeneralizedTime OPTIONAL, end [1] GeneralizedTime OPTIONAL }
PolicyEvaluation read_evaluation(DerReader& in) {
  DerReader evaluation = in.constructed(tag::sequence);
  PolicyEvaluation result;
  if (evaluation.next_is(tag::context(0))) {
    result.parameters = list<PolicyParameter>(evaluation.constructed(tag::context(0)),
                                              policy_limits::list, read_parameter);
  }
  DerReader validity = evaluation.constructed(tag::context(1));
  result.validity.start = time(validity, tag::context_primitive(0));
  result.validity.end = time(validity, tag::context_primitive(1));
  validity.end();
  if (auto& end = result.validity.end) end = first_unfit(*end);
  evaluation.optional_element(tag::context(2));
  evaluation.end();
  return result;
}

// Algorithm ::= SEQUENCE { algorithmIdentifier AlgID, evaluations SEQUENCE OF Evaluation,
//   information [0] SEQUENCE OF UTF8String OPTIONAL, other [1] Extension OPTIONAL }
// AlgID ::= SEQUENCE { name UTF8String, oid [0] SEQUENCE OF OBJECT IDENTIFIER,
//   uri [1] SEQUENCE OF IA5String OPTIONAL }
PolicyAlgorithm read_algorithm(DerReader& in) {
  DerReader algorithm = in.constructed(tag::sequence);
  PolicyAlgorithm result;
  DerReader identifier = algorithm.constructed(tag::sequence);
  result.name = text(identifier, tag::utf8_string);
  result.oids = list<std::string>(identifier.constructed(tag::context(0)), policy_limits::list,
                                  [](DerReader& oids) { return oid_text(oids.oid()); });
  if (result.oids.empty()) identifier.fail("object identifier is missing");
  if (identifier.next_is(tag::context(1))) {
    result.uris = list<std::string>(identifier.constructed(tag::context(1)), policy_limits::list,
                                    [](DerReader& uris) { return text(uris, tag::ia5_string); });
  }
  identifier.end();
  result.evaluations = list<PolicyEvaluation>(algorithm.constructed(tag::sequence),
                                              policy_limits::list, read_evaluation);
  if (result.evaluations.empty()) algorithm.fail("evaluation is missing");
  if (algorithm.next_is(tag::context(0))) {
    const auto lines =
        list<std::string>(algorithm.constructed(tag::context(0)), policy_limits::list,
                          [](DerReader& texts) { return text(texts, tag::utf8_string); });
    for (const std::string& line : lines) {
      result.information += (result.information.empty() ? "" : "\n") + line;
    }
  }
  algorithm.optional_element(tag::context(1));
  algorithm.end();
  return result;
}

// TBSPolicy ::= SEQUENCE { version INTEGER DEFAULT 1, language UTF8String DEFAULT "en",
//   policyName SEQUENCE { name UTF8String, oid OPTIONAL, uri OPTIONAL },
//   publisher SEQUENCE { name UTF8String, address [0] OPTIONAL, uri [1] OPTIONAL },
//   policyIssueDate GeneralizedTime, nextUpdate GeneralizedTime OPTIONAL,
//   usage UTF8String OPTIONAL, algorithms SEQUENCE OF Algorithm }
PolicyTable read_table(DerReader in) {
  PolicyTable table;
  if (in.next_is(tag::integer) && in.small_integer() != 1) {
    in.fail("version is not 1", Errc::unsupported);
  }
  in.optional_element(tag::utf8_string);
  DerReader name = in.constructed(tag::sequence);
  table.name = text(name, tag::utf8_string);
  DerReader publisher = in.constructed(tag::sequence);
  table.publisher = text(publisher, tag::utf8_string);
  table.issued = time(in, tag::generalized_time);
  if (!table.issued) in.fail("issue date is missing");
  table.next_update = time(in, tag::generalized_time);
  if (in.next_is(tag::utf8_string)) table.usage = text(in, tag::utf8_string);
  table.algorithms = list<PolicyAlgorithm>(in.constructed(tag::sequence), policy_limits::algorithms,
                                           read_algorithm);
  in.end();
  return table;
}

// EncapsulatedContentInfo of a SignedData (RFC 5652 §5.1): its octets.
Bytes signed_content(DerReader in) {
  Bytes segments;
  DerReader signed_data = in.constructed(tag::sequence);
  signed_data.small_integer();
  signed_data.element(tag::set);
  DerReader encapsulated = signed_data.constructed(tag::sequence);
  if (oid_text(encapsulated.oid()) != content_type_dssc) {
    encapsulated.fail("what was signed is no policy");
  }
  DerReader holder = encapsulated.constructed(tag::context(0));
  return to_bytes(holder.octet_string(segments));
}

Result<PolicyFile> read_tbs(ByteView octets) {
  DerInput input(octets, {.size = policy_limits::size});
  DerReader in = input.reader();
  PolicyFile file;
  file.table = read_table(in.constructed(tag::sequence));
  in.end();
  return input.result(std::move(file));
}

void write_time(DerWriter& out, Tag tag, Time time) {
  std::string text = to_string(time);  // 2041-06-01T00:00:00Z
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'T'; });
  out.element(tag, as_bytes(text));
}

void write_validity(DerWriter& out, const FitPeriod& validity) {
  out.constructed(tag::context(1), [&] {
    if (validity.start) write_time(out, tag::context_primitive(0), *validity.start);
    if (validity.end) write_time(out, tag::context_primitive(1), last_fit(*validity.end));
  });
}

void write_bound(DerWriter& out, unsigned number, std::optional<int> bound) {
  if (!bound) return;
  DerWriter integer;
  integer.integer(static_cast<std::uint64_t>(*bound));
  DerInput input(integer.view());
  out.element(tag::context_primitive(number), input.reader().integer());
}

void write_text(DerWriter& out, std::string_view text) {
  out.element(tag::utf8_string, as_bytes(text));
}

// In place of a constraint that was not understood, an Extension that nobody does.
void write_unknown(DerWriter& out) {
  out.constructed(tag::context(2), [&] {
    out.oid(*oid_from_text("2.999"));
    out.element(tag::null, {});
  });
}

void write_evaluation(DerWriter& out, const PolicyEvaluation& evaluation) {
  out.constructed(tag::sequence, [&] {
    if (!evaluation.parameters.empty()) {
      out.constructed(tag::context(0), [&] {
        for (const PolicyParameter& parameter : evaluation.parameters) {
          out.constructed(tag::sequence, [&] {
            write_text(out, parameter.name);
            write_bound(out, 0, parameter.min);
            write_bound(out, 1, parameter.max);
            if (!parameter.understood) write_unknown(out);
          });
        }
      });
    }
    write_validity(out, evaluation.validity);
  });
}

void write_algorithm(DerWriter& out, const PolicyAlgorithm& algorithm) {
  out.constructed(tag::sequence, [&] {
    out.constructed(tag::sequence, [&] {
      write_text(out, algorithm.name);
      out.constructed(tag::context(0), [&] {
        for (const std::string& oid : algorithm.oids) out.oid(*oid_from_text(oid));
      });
      if (algorithm.uris.empty()) return;
      out.constructed(tag::context(1), [&] {
        for (const std::string& uri : algorithm.uris) out.element(tag::ia5_string, as_bytes(uri));
      });
    });
    out.constructed(tag::sequence, [&] {
      for (const auto& evaluation : algorithm.evaluations) write_evaluation(out, evaluation);
    });
    if (algorithm.information.empty()) return;
    out.constructed(tag::context(0), [&] { write_text(out, algorithm.information); });
  });
}

}  // namespace

Result<PolicyFile> read_policy_asn1(ByteView octets) {
  DerInput input(octets, {.size = policy_limits::size}, EncodingRules::ber);
  DerReader in = input.reader();
  DerReader outer = in.constructed(tag::sequence);
  Bytes content;
  bool has_signature = false;
  if (!outer.next_is(tag::oid)) {
    content = to_bytes(octets);
  } else {
    const std::string type = oid_text(outer.oid());
    DerReader holder = outer.constructed(tag::context(0));
    has_signature = type == content_type_signed;
    if (has_signature) {
      content = signed_content(holder);
    } else if (type == content_type_dssc) {
      content = to_bytes(holder.contents());
    } else {
      holder.fail("content is neither a policy nor a signed one");
    }
    outer.end();
    in.end();
  }
  if (input.failed()) return *input.error();
  auto file = read_tbs(content);
  if (!file) return file;
  file->form = PolicyForm::asn1;
  file->has_signature = has_signature;
  return file;
}

Bytes write_policy(const PolicyTable& table) {
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.constructed(tag::sequence, [&] { write_text(out, table.name); });
    out.constructed(tag::sequence, [&] { write_text(out, table.publisher); });
    write_time(out, tag::generalized_time, table.issued.value_or(Time{0}));
    if (table.next_update) write_time(out, tag::generalized_time, *table.next_update);
    if (!table.usage.empty()) write_text(out, table.usage);
    out.constructed(tag::sequence, [&] {
      for (const PolicyAlgorithm& algorithm : table.algorithms) write_algorithm(out, algorithm);
    });
  });
  return out.take();
}

}  // namespace perdura::verifier
