// perdura-test-tsa: a time-stamp authority for tests of the programs, good or lying.
//
//   perdura-test-tsa --dir TSADIR [--port 0] [--port-file F] [--behaviour ok] [--seconds 600]
//
// Listens on 127.0.0.1 alone and stops by itself. TSADIR is made when it does not exist; its CA is
// TSADIR/ca.pem (behaviour foreign answers as another authority, in TSADIR.foreign). The port is
// written to F once the server listens (or, for behaviour down, has stopped listening).
#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "tests/archive/tsa_test_server.hpp"

namespace {

struct Options {
  std::string dir;
  std::string port_file;
  std::string behaviour = "ok";
  int port = 0;
  int seconds = 600;
};

int number(const std::string& text) {
  int value = -1;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end || value < 0 || value > 65535) {
    throw std::invalid_argument("not a number from 0 to 65535: " + text);
  }
  return value;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--dir")
      options.dir = value;
    else if (name == "--port-file")
      options.port_file = value;
    else if (name == "--behaviour")
      options.behaviour = value;
    else if (name == "--port")
      options.port = number(value);
    else if (name == "--seconds")
      options.seconds = number(value);
    else
      throw std::invalid_argument("unknown option " + name);
  }
  if (options.dir.empty() || argc % 2 == 0) throw std::invalid_argument("--dir TSADIR is needed");
  return options;
}

// Appears complete or not at all, for a script that waits for it.
void write_port(const std::string& file, int port) {
  const std::string draft = file + ".new";
  std::ofstream(draft) << port << '\n';
  std::filesystem::rename(draft, file);
}

void run(const Options& options) {
  const auto behaviour = perdura::tests::behaviour_from_name(options.behaviour);
  if (!behaviour) {
    throw std::invalid_argument("--behaviour is one of " + perdura::tests::behaviour_names());
  }
  const perdura::archive::SystemClock clock;
  const perdura::tests::TsaTestServer server(options.dir, options.port, *behaviour, clock);
  if (!options.port_file.empty()) write_port(options.port_file, server.port());
  std::cout << server.url() << std::endl;
  std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "perdura-test-tsa: error: " << error.what() << '\n';
    return 3;
  }
}
