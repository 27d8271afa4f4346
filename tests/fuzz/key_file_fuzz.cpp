// Any octets: reading a key file ends, and what is accepted is written back as the same octets.
// Files that are sealed are not opened: that would be a test of scrypt.
#include <cstdint>
#include <cstdlib>

#include "archive/key_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perdura::archive;
  const ByteView in(data, size);
  const PassphraseProvider nobody = []() -> Result<std::string> {
    return Error{Errc::unavailable, "nobody is asked", "", ""};
  };
  const auto read = read_key_file(in, nobody, "fuzz");
  if (!read) return 0;
  std::size_t octets = 1;
  for (const auto& entry : *read) octets += 3 + entry.first.size() + entry.second.size();
  const auto back = write_key_file(*read, {});
  // Names out of order or twice are read, but never written so.
  if (!back || back->size() > in.size() || octets + 80 != back->size()) std::abort();
  return 0;
}
