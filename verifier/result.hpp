// How an act says that it failed. Evidence that is bad is a Finding (verdict.hpp); bytes that do
// not parse, a full disk or a TSA that says no is a Result with an Error; a bug is BrokenInvariant.
//
// Thread safety: plain values.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace perdura::verifier {

// What kind of failure: decides the exit code and the HTTP status.
enum class Errc {
  malformed,    // the input is not what its format says
  unsupported,  // well-formed, but of a version or kind this build does not handle
  too_large,    // over a limit that protects memory or time
  not_found,    // what was asked for is not there
  conflict,     // the state does not allow it: it exists already, or is not that far
  busy,         // another process or act has it for now
  denied,       // wrong passphrase or key, no permission
  io,           // the disk or the database failed
  unavailable,  // somebody else did not answer, or answered with garbage
  misuse,       // the command or the call makes no sense
};

// A failure as a person reads it.
struct Error {
  Errc code = Errc::io;
  std::string what;   // what is wrong; lower case, no full stop
  std::string where;  // file, field, offset; empty when there is no place
  std::string hint;   // what the person can do; empty when there is nothing
};

// The input is not what its format says.
inline Error malformed(std::string what, std::string_view where) {
  return {Errc::malformed, std::move(what), std::string(where), ""};
}

// "where: what", without the hint.
std::string to_string(const Error& error);

// A bug shows: an invariant does not hold, or a Result was used unchecked. Stops the act.
class BrokenInvariant : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// Throws BrokenInvariant naming `what` unless `holds`.
inline void check(bool holds, const char* what) {
  if (!holds) throw BrokenInvariant(what);
}

// The value of a Result that has nothing to say but that it went well.
struct Ok {};

// A T or the Error that kept it from being made. Dereferencing a failed one throws BrokenInvariant.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  explicit operator bool() const { return state_.index() == 0; }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // The error of a failed Result; throws BrokenInvariant on one that went well.
  const Error& error() const {
    check(state_.index() == 1, "error() of a Result that holds a value");
    return std::get<1>(state_);
  }

 private:
  T& value() {
    if (state_.index() != 0) throw BrokenInvariant("unchecked Result: " + std::get<1>(state_).what);
    return std::get<0>(state_);
  }
  const T& value() const { return const_cast<Result*>(this)->value(); }

  std::variant<T, Error> state_;
};

}  // namespace perdura::verifier
