#include "verifier/result.hpp"

namespace perdura::verifier {

std::string to_string(const Error& error) {
  return error.where.empty() ? error.what : error.where + ": " + error.what;
}

}  // namespace perdura::verifier
