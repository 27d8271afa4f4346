// Any text, read as a receipt, a proof or a journal entry: parsing and judging end, and what is
// taken is written again as the same octets.
#include <cstdint>
#include <cstdlib>

#include "verifier/package.hpp"
#include "verifier/receipt.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perdura::verifier;
  const std::string_view text = as_text({data, size});
  if (const auto receipt = parse_receipt(text)) {
    const std::string written = write_receipt(*receipt);
    if (written != text && written + "\n" != text) std::abort();
    judge_receipt(*receipt, nullptr);
  }
  if (const auto proof = parse_tlog_proof(text)) {
    if (write_tlog_proof(*proof) != text) std::abort();
    judge_tlog_proof(*proof, Digest(Bytes(32, 1)), nullptr);
  }
  if (const auto header = parse_package_header(text);
      header && write_package_header(*header) != text) {
    std::abort();
  }
  if (const auto proof = parse_consistency(text); proof && write_consistency(*proof) != text) {
    std::abort();
  }
  (void)parse_journal_act(text);
  return 0;
}
