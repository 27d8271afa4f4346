#include "tools/policy_text.hpp"

#include <algorithm>
#include <array>

#include "verifier/printable.hpp"

namespace perdura::tools {
namespace {

using verifier::PolicyAlgorithm;
using verifier::PolicyEvaluation;
using verifier::PolicyParameter;
using verifier::PolicyTable;
using verifier::Time;

constexpr std::size_t columns = 4;
using Line = std::array<std::string, columns>;

std::string day(Time time) { return to_string(time).substr(0, 10); }

std::string parameter_text(const PolicyParameter& parameter) {
  if (!parameter.understood) return parameter.name + " of an unknown kind";
  std::string text = parameter.name;
  if (parameter.min) text += " >= " + std::to_string(*parameter.min);
  if (parameter.max) text += " <= " + std::to_string(*parameter.max);
  return text;
}

std::string parameters_text(const PolicyEvaluation& evaluation) {
  std::string text;
  for (const PolicyParameter& parameter : evaluation.parameters) {
    text += (text.empty() ? "" : ", ") + parameter_text(parameter);
  }
  return text;
}

std::string validity_text(const verifier::FitPeriod& validity) {
  const std::string end = validity.end ? day(*validity.end + -1) : "no end known";
  return validity.start ? "from " + day(*validity.start) + " to " + end : end;
}

std::string one_line(std::string text) {
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
    text.replace(at, 1, "; ");
  }
  return text;
}

std::string table_text(const std::vector<Line>& lines) {
  std::array<std::size_t, columns> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Line& line : lines) {
    for (std::size_t i = 0; i + 1 < columns; ++i) {
      text += line[i] + std::string(widths[i] - line[i].size() + 2, ' ');
    }
    text += line[columns - 1];
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

boost::json::object evaluation_json(const PolicyEvaluation& evaluation) {
  boost::json::object object;
  boost::json::array parameters;
  for (const PolicyParameter& parameter : evaluation.parameters) {
    boost::json::object one{{"name", parameter.name}};
    if (parameter.min) one["min"] = *parameter.min;
    if (parameter.max) one["max"] = *parameter.max;
    if (!parameter.understood) one["understood"] = false;
    parameters.push_back(std::move(one));
  }
  if (!parameters.empty()) object["parameters"] = std::move(parameters);
  if (evaluation.validity.start) object["fitFrom"] = to_string(*evaluation.validity.start);
  if (evaluation.validity.end) object["unfitFrom"] = to_string(*evaluation.validity.end);
  return object;
}

}  // namespace

std::string policy_text(const PolicyTable& table) {
  std::string text = "Policy      " + verifier::printable(table.name) + "\nPublisher   " +
                     verifier::printable(table.publisher) + "\n";
  if (table.issued) text += "Issued      " + to_string(*table.issued) + "\n";
  if (table.next_update) text += "Replaced by " + to_string(*table.next_update) + "\n";
  std::vector<Line> lines = {{"Algorithm", "Key", "Last good day (UTC)", "Source"}};
  for (const PolicyAlgorithm& algorithm : table.algorithms) {
    bool first = true;
    for (const PolicyEvaluation& evaluation : algorithm.evaluations) {
      lines.push_back({verifier::printable(first ? algorithm.name : ""),
                       verifier::printable(parameters_text(evaluation)),
                       validity_text(evaluation.validity),
                       verifier::printable(first ? one_line(algorithm.information) : "")});
      first = false;
    }
  }
  return text + "\n" + table_text(lines);
}

boost::json::object policy_json(const PolicyTable& table) {
  boost::json::object object{{"name", table.name}, {"publisher", table.publisher}};
  if (table.issued) object["issued"] = to_string(*table.issued);
  if (table.next_update) object["nextUpdate"] = to_string(*table.next_update);
  boost::json::array algorithms;
  for (const PolicyAlgorithm& algorithm : table.algorithms) {
    boost::json::array evaluations;
    for (const PolicyEvaluation& evaluation : algorithm.evaluations) {
      evaluations.push_back(evaluation_json(evaluation));
    }
    algorithms.push_back(
        {{"name", algorithm.name},
         {"oids", boost::json::array(algorithm.oids.begin(), algorithm.oids.end())},
         {"evaluations", std::move(evaluations)},
         {"source", algorithm.information}});
  }
  object["algorithms"] = std::move(algorithms);
  return object;
}

}  // namespace perdura::tools
