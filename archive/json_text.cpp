#include "archive/json_text.hpp"

#include <boost/json/parse.hpp>
#include <stdexcept>

namespace perdura::archive {

boost::json::value parse_json(std::string_view text) {
  boost::json::error_code failure;
  boost::json::value value = boost::json::parse(text, failure);
  if (failure) throw std::invalid_argument("it is no JSON: " + failure.message());
  return value;
}

}  // namespace perdura::archive
