// Runs a fuzz target over its kept corpus, and over the empty input, in builds without libFuzzer.
//
// Usage: NAME_fuzz FILE-OR-FOLDER... A target that finds something wrong aborts.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_below(const fs::path& start) {
  if (!fs::is_directory(start)) return {start};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(start)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

void run(const std::string& octets) {
  // Allocated to this size exactly, so that a read past the end is one past the heap's block.
  const std::vector<std::uint8_t> exact(octets.begin(), octets.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  run("");
  for (int i = 1; i < argc; ++i) {
    if (!fs::exists(argv[i])) {
      std::cerr << argv[i] << ": no such corpus\n";
      return EXIT_FAILURE;
    }
    for (const fs::path& file : files_below(argv[i])) {
      std::ifstream in(file, std::ios::binary);
      if (!in) {
        std::cerr << file.string() << ": cannot be read\n";
        return EXIT_FAILURE;
      }
      run(std::string(std::istreambuf_iterator<char>(in), {}));
      ++count;
    }
  }
  std::cout << "ran " << count << " inputs\n";
  return EXIT_SUCCESS;
}
