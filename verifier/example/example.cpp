// Judges a package, record by record:   example PACKAGE CA.pem [TIME]
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <verifier/report_text.hpp>
#include <verifier/verify_package.hpp>

namespace pv = perdura::verifier;

int main(int argc, char** argv) {
  if (argc < 3) return 3;
  std::ifstream file(argv[2], std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(file), {}};
  const auto anchors = pv::read_certificates(pv::as_bytes(pem), argv[2]);
  if (!anchors) {
    std::cerr << "error: " << to_string(anchors.error()) << "\n";
    return 3;
  }
  pv::PackageOptions options;
  options.judge.anchors.certificates = *anchors;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  options.judge.at.seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  if (argc > 3) {
    options.judge.at = pv::parse_time(argv[3]).value_or(options.judge.at);
    options.judge.at_chosen = true;
  }

  const auto summary = pv::verify_package(argv[1], options, [](const pv::RecordResult& record) {
    std::cout << pv::record_text(record, pv::TextDetail::brief);
  });
  if (!summary) {
    std::cerr << "error: " << to_string(summary.error()) << "\n";
    return 3;
  }
  std::cout << pv::summary_text(*summary, pv::TextDetail::brief);
  return summary->verdict == pv::Verdict::passed   ? 0
         : summary->verdict == pv::Verdict::failed ? 1
                                                   : 2;
}
