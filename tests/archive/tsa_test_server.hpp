// A time-stamp authority on 127.0.0.1 that tells the truth, or a lie of one's choice.
//
// For tests alone: it speaks just enough HTTP, and its good answers come from a LocalTsa.
// Thread safety: start and stop on one thread; answers are given on threads of its own.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "archive/clock.hpp"
#include "archive/local_tsa.hpp"

namespace perdura::tests {

// What the server does when it is asked.
enum class Behaviour {
  ok,
  hints,           // answers of status 103 and 100, then the honest one
  down,            // its port is known, but nobody listens
  silent,          // takes the request and never answers
  drip,            // an octet now and then, for ever
  hang_up,         // closes the connection without an answer
  not_http,        // octets that are not HTTP
  garbage,         // random octets of the right type
  empty,           // no octets of the right type
  html,            // a web page with status 200
  server_error,    // status 500
  redirect,        // status 302
  huge,            // a body of 8 MiB
  truncated,       // the first half of a good answer
  trailing,        // a good answer and an octet
  wrong_imprint,   // a token over another imprint
  wrong_nonce,     // a token with another nonce
  no_nonce,        // a token without the nonce
  no_certificate,  // a token without certificates
  late,            // a token of an hour ahead: its clock is off
  foreign,         // a token by an authority of another CA
  reject,          // status rejection(2), with a text and badAlg
  waiting,         // status waiting(3)
  unknown_status,  // status 9
  no_token,        // status granted(0), and no token
};

// The behaviour of that name, with '-' for '_': "wrong-imprint"; nothing when there is none.
std::optional<Behaviour> behaviour_from_name(std::string_view name);
// All names, for a message.
std::string behaviour_names();

// A clock that is ahead of another by a fixed number of seconds.
class ShiftedClock final : public archive::Clock {
 public:
  ShiftedClock(const Clock& clock, std::int64_t ahead_s) : clock_(clock), ahead_s_(ahead_s) {}
  archive::Time now() const override { return clock_.now() + ahead_s_; }

 private:
  const Clock& clock_;
  std::int64_t ahead_s_;
};

// What is listening on a port and answers with whole HTTP responses.
class TestHttpServer {
 public:
  // The raw octets to send back for a request's path and body; nothing: close without an answer.
  // May take its time, but should end when `stop` is asked for.
  using Answer = std::function<std::optional<std::string>(const std::string& path,
                                                          const verifier::Bytes& body, int socket)>;

  // Listens on 127.0.0.1; port 0: any that is free. Throws std::runtime_error when it cannot.
  TestHttpServer(int port, Answer answer);
  ~TestHttpServer();

  int port() const { return port_; }
  // "http://127.0.0.1:PORT" and the path.
  std::string url(const std::string& path) const;
  // Whether the server is being stopped: for answers that take their time.
  bool stopping() const { return stopping_; }
  // Stops listening: connections are refused from now on.
  void close_port();

 private:
  void serve();
  void talk(int socket);

  Answer answer_;
  std::atomic<int> listener_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::jthread> talks_;
  std::jthread server_;
};

// A whole HTTP response with this body.
std::string http_response(const std::string& status, const std::string& content_type,
                          const std::string& body);

// The authority. Its folder is made when it does not exist.
class TsaTestServer {
 public:
  TsaTestServer(const std::filesystem::path& dir, int port, Behaviour behaviour,
                const archive::Clock& clock);

  int port() const { return server_->port(); }
  std::string url() const { return server_->url("/tsr"); }

 private:
  std::optional<std::string> answer(const verifier::Bytes& body, int socket);
  verifier::Bytes lie(const verifier::Bytes& question);
  void wait_until_stopped(int socket, bool drip);

  Behaviour behaviour_;
  ShiftedClock late_clock_;
  std::unique_ptr<archive::LocalTsa> tsa_, late_, foreign_;
  std::unique_ptr<TestHttpServer> server_;
};

}  // namespace perdura::tests
