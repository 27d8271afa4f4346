// Reads the XML form of a policy (RFC 5698 §3.1 and its schema).
#include <algorithm>
#include <charconv>

#include "verifier/policy_reader.hpp"
#include "verifier/xml.hpp"

namespace perdura::verifier {
namespace {

constexpr std::string_view dssc = "urn:ietf:params:xml:ns:dssc";
constexpr std::string_view xml_signature = "http://www.w3.org/2000/09/xmldsig#";
constexpr Time earliest_time{-62'167'219'200};  // of the year 0
constexpr Time latest_time{253'402'300'800};    // after the year 9999

std::string trimmed(std::string text) {
  constexpr const char* spaces = " \t\r\n";
  const std::size_t start = text.find_first_not_of(spaces);
  if (start == std::string::npos) return "";
  return text.substr(start, text.find_last_not_of(spaces) - start + 1);
}

// xs:dateTime, in UTC when it names no zone.
std::optional<Time> moment(const std::string& date_time) {
  if (const auto time = parse_time(date_time)) return time;
  return parse_time(date_time + "Z");
}

// xs:date; ETSI has published an xs:dateTime in its place.
bool is_date(const std::string& text) { return text.find('T') == std::string::npos; }

// The first moment of a date, in the zone that it names.
std::optional<Time> first_moment(const std::string& date) {
  constexpr std::size_t date_size = 10;
  if (!is_date(date) || date.size() <= date_size) return moment(date);
  return parse_time(date.substr(0, date_size) + "T00:00:00" + date.substr(date_size));
}

// The first moment after a date: the algorithm is fit on the day of its end (RFC 5698 §6:
// unsuitable when End < t).
std::optional<Time> first_moment_after(const std::string& date) {
  const auto first = first_moment(date);
  if (!first) return std::nullopt;
  return is_date(date) ? *first + day_s : first_unfit(*first);
}

// Reads the children of elements in any order. The first error is kept, and everything after it
// yields nothing.
class PolicyXml {
 public:
  Result<PolicyFile> run(const XmlElement& root) {
    if (!root.is(dssc, "SecuritySuitabilityPolicy")) {
      fail(root, "is no SecuritySuitabilityPolicy of RFC 5698");
    } else {
      read_root(root);
    }
    if (error_) return *error_;
    return std::move(file_);
  }

 private:
  void fail(const XmlElement& where, std::string what, Errc code = Errc::malformed) {
    if (!error_) error_ = Error{code, std::move(what), where.where(), ""};
  }

  void read_root(const XmlElement& root) {
    const std::string version = root.attribute("version").value_or("1");
    if (version != "1") {
      file_.notes.push_back("version " + version + " is read like version 1 of RFC 5698");
    }
    for (const XmlElement& child : root.children()) {
      if (child.is(dssc, "Algorithm")) {
        file_.table.algorithms.push_back(algorithm(child));
        if (file_.table.algorithms.size() > policy_limits::algorithms) {
          return fail(child, "too many algorithms", Errc::too_large);
        }
      } else if (child.is(xml_signature, "Signature")) {
        file_.has_signature = true;
      }
    }
    file_.table.name = text(only(root, "PolicyName"), "Name");
    file_.table.publisher = text(only(root, "Publisher"), "Name");
    file_.table.issued = time(root, "PolicyIssueDate", moment);
    if (!file_.table.issued) fail(root, "PolicyIssueDate is missing");
    file_.table.next_update = time(root, "NextUpdate", moment);
    if (const auto usage = optional(root, "Usage")) file_.table.usage = text_of(*usage);
  }

  PolicyAlgorithm algorithm(const XmlElement& element) {
    PolicyAlgorithm result;
    if (const auto identifier = only(element, "AlgorithmIdentifier")) {
      result.name = text(identifier, "Name");
      result.oids = texts(*identifier, "ObjectIdentifier");
      result.uris = texts(*identifier, "URI");
      if (result.oids.empty()) fail(*identifier, "ObjectIdentifier is missing");
    }
    for (const XmlElement& child : all(element, "Evaluation")) {
      result.evaluations.push_back(evaluation(child));
    }
    if (result.evaluations.empty()) fail(element, "Evaluation is missing");
    if (const auto information = optional(element, "Information")) {
      for (const std::string& line : texts(*information, "Text")) {
        result.information += (result.information.empty() ? "" : "\n") + line;
      }
    }
    return result;
  }

  PolicyEvaluation evaluation(const XmlElement& element) {
    PolicyEvaluation result;
    for (const XmlElement& child : all(element, "Parameter")) {
      result.parameters.push_back(parameter(child));
    }
    const auto validity = optional(element, "Validity");
    if (!validity) {
      // ETSI has published such.
      file_.notes.push_back(element.where() + " has no Validity, and was taken to have no end");
    } else {
      result.validity.start = time(*validity, "Start", first_moment);
      result.validity.end = time(*validity, "End", first_moment_after);
    }
    return result;
  }

  PolicyParameter parameter(const XmlElement& element) {
    PolicyParameter result;
    result.name = trimmed(element.attribute("name").value_or(""));
    if (result.name.empty()) fail(element, "name is missing");
    result.min = bound(element, "Min");
    result.max = bound(element, "Max");
    const auto is_ours = [](const XmlElement& child) {
      return child.is(dssc, "Min") || child.is(dssc, "Max");
    };
    result.understood = std::ranges::all_of(element.children(), is_ours);
    return result;
  }

  std::optional<int> bound(const XmlElement& element, std::string_view name) {
    const auto found = optional(element, name);
    if (!found) return std::nullopt;
    const std::string digits = text_of(*found);
    int value = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem != std::errc() || end != digits.data() + digits.size() || value < 0 ||
        value > policy_limits::parameter) {
      fail(*found, "is no number, or too large a one");
      return std::nullopt;
    }
    return value;
  }

  template <typename Parse>
  std::optional<Time> time(const XmlElement& parent, std::string_view name, const Parse& parse) {
    const auto found = optional(parent, name);
    if (!found) return std::nullopt;
    const auto time = parse(text_of(*found));
    if (time && earliest_time <= *time && *time <= latest_time) return time;
    fail(*found, "is no date that exists");
    return std::nullopt;
  }

  std::string text_of(const XmlElement& element) {
    std::string result = trimmed(element.text());
    if (result.size() > policy_limits::text) fail(element, "text is too long", Errc::too_large);
    return result;
  }

  // The text of a child that must be there and not be empty.
  std::string text(const std::optional<XmlElement>& parent, std::string_view name) {
    if (!parent) return "";
    const auto found = only(*parent, name);
    if (!found) return "";
    std::string result = text_of(*found);
    if (result.empty()) fail(*found, "is empty");
    return result;
  }

  // The texts of children of one name, but for empty ones.
  std::vector<std::string> texts(const XmlElement& parent, std::string_view name) {
    std::vector<std::string> result;
    for (const XmlElement& child : all(parent, name)) {
      std::string one = text_of(child);
      if (!one.empty()) result.push_back(std::move(one));
    }
    return result;
  }

  std::vector<XmlElement> all(const XmlElement& parent, std::string_view name) {
    std::vector<XmlElement> result;
    for (const XmlElement& child : parent.children()) {
      if (child.is(dssc, name)) result.push_back(child);
    }
    if (result.size() > policy_limits::list) {
      fail(parent, "has too many of " + std::string(name), Errc::too_large);
      result.clear();
    }
    return result;
  }

  std::optional<XmlElement> optional(const XmlElement& parent, std::string_view name) {
    const std::vector<XmlElement> found = all(parent, name);
    if (found.size() > 1) fail(found[1], "stands here twice");
    if (found.empty()) return std::nullopt;
    return found.front();
  }

  std::optional<XmlElement> only(const XmlElement& parent, std::string_view name) {
    auto found = optional(parent, name);
    if (!found) fail(parent, std::string(name) + " is missing");
    return found;
  }

  PolicyFile file_;
  std::optional<Error> error_;
};

}  // namespace

Result<PolicyFile> read_policy_xml(ByteView octets) {
  XmlLimits limits;
  limits.size = policy_limits::size;
  const auto document = XmlDocument::parse(octets, limits);
  if (!document) return document.error();
  auto file = PolicyXml().run(document->root());
  if (file) file->form = PolicyForm::xml;
  return file;
}

}  // namespace perdura::verifier
