// Any text: parsing ends, and what it takes is written again as the same octets.
#include <cstdint>
#include <cstdlib>

#include "verifier/statement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = perdura::verifier::as_text({data, size});
  const auto statement = perdura::verifier::parse_statement(text);
  if (statement && perdura::verifier::write_statement(*statement) != text) std::abort();
  return 0;
}
