#include "tests/archive/tsa_test_server.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "archive/time_stamp_protocol.hpp"

namespace perdura::tests {
namespace {

namespace fs = std::filesystem;
using archive::LocalTsa;
using archive::TimeStampQuestion;
using verifier::Bytes;

constexpr std::size_t request_size_max = 64 * 1024;
constexpr int poll_ms = 20;
constexpr char reply_type[] = "application/timestamp-reply";

constexpr std::pair<std::string_view, Behaviour> behaviours[] = {
    {"ok", Behaviour::ok},
    {"hints", Behaviour::hints},
    {"down", Behaviour::down},
    {"silent", Behaviour::silent},
    {"drip", Behaviour::drip},
    {"hang-up", Behaviour::hang_up},
    {"not-http", Behaviour::not_http},
    {"garbage", Behaviour::garbage},
    {"empty", Behaviour::empty},
    {"html", Behaviour::html},
    {"server-error", Behaviour::server_error},
    {"redirect", Behaviour::redirect},
    {"huge", Behaviour::huge},
    {"truncated", Behaviour::truncated},
    {"trailing", Behaviour::trailing},
    {"wrong-imprint", Behaviour::wrong_imprint},
    {"wrong-nonce", Behaviour::wrong_nonce},
    {"no-nonce", Behaviour::no_nonce},
    {"no-certificate", Behaviour::no_certificate},
    {"late", Behaviour::late},
    {"foreign", Behaviour::foreign},
    {"reject", Behaviour::reject},
    {"waiting", Behaviour::waiting},
    {"unknown-status", Behaviour::unknown_status},
    {"no-token", Behaviour::no_token},
};

template <typename T>
T required(verifier::Result<T> result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
  return *std::move(result);
}

std::unique_ptr<LocalTsa> made(const fs::path& dir, const archive::Clock& clock) {
  if (!fs::exists(dir / "ca.pem")) {
    required(archive::create_local_tsa(dir, "Test hospital", clock));
  }
  return required(LocalTsa::open(dir, clock));
}

bool readable(int socket) {
  pollfd wait{.fd = socket, .events = POLLIN, .revents = 0};
  return ::poll(&wait, 1, poll_ms) > 0;
}

// False when the other side is gone.
bool send_all(int socket, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t sent = ::send(socket, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string reply(const Bytes& body) {
  return http_response("200 OK", reply_type, std::string(verifier::as_text(body)));
}

}  // namespace

std::optional<Behaviour> behaviour_from_name(std::string_view name) {
  for (const auto& [known, behaviour] : behaviours) {
    if (known == name) return behaviour;
  }
  return std::nullopt;
}

std::string behaviour_names() {
  std::string all;
  for (const auto& row : behaviours) {
    if (!all.empty()) all += '|';
    all += row.first;
  }
  return all;
}

std::string http_response(const std::string& status, const std::string& content_type,
                          const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + content_type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
         body;
}

TestHttpServer::TestHttpServer(int port, Answer answer)
    : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int yes = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, plain, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, plain, &size) != 0) {
    ::close(listener_);
    throw std::runtime_error("cannot listen on 127.0.0.1:" + std::to_string(port));
  }
  port_ = ntohs(address.sin_port);
  server_ = std::jthread([this] { serve(); });
}

TestHttpServer::~TestHttpServer() {
  close_port();
  const std::lock_guard lock(mutex_);
  talks_.clear();
}

std::string TestHttpServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void TestHttpServer::close_port() {
  stopping_ = true;
  if (server_.joinable()) server_.join();
  if (const int open = listener_.exchange(-1); open >= 0) ::close(open);
}

void TestHttpServer::serve() {
  while (!stopping_) {
    if (!readable(listener_)) continue;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    const std::lock_guard lock(mutex_);
    talks_.emplace_back([this, socket] {
      talk(socket);
      ::close(socket);
    });
  }
}

void TestHttpServer::talk(int socket) {
  std::string request;
  std::size_t head = std::string::npos;
  std::size_t wanted = 0;
  while (!stopping_ && request.size() < request_size_max) {
    if (head == std::string::npos && (head = request.find("\r\n\r\n")) != std::string::npos) {
      std::string lower = request.substr(0, head);
      std::transform(lower.begin(), lower.end(), lower.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      const auto at = lower.find("content-length:");
      wanted = head + 4 + (at == std::string::npos ? 0 : std::stoul(lower.substr(at + 15)));
    }
    if (head != std::string::npos && request.size() >= wanted) break;
    if (!readable(socket)) continue;
    char buffer[4096];
    const ssize_t got = ::recv(socket, buffer, sizeof(buffer), 0);
    if (got <= 0) return;
    request.append(buffer, static_cast<std::size_t>(got));
  }
  if (stopping_ || head == std::string::npos) return;
  const auto from = request.find(' ') + 1;
  const std::string path = request.substr(from, request.find(' ', from) - from);
  const auto octets = verifier::as_bytes(std::string_view(request).substr(head + 4));
  const auto answer = answer_(path, verifier::to_bytes(octets), socket);
  if (answer && send_all(socket, *answer)) ::shutdown(socket, SHUT_WR);
}

TsaTestServer::TsaTestServer(const fs::path& dir, int port, Behaviour behaviour,
                             const archive::Clock& clock)
    : behaviour_(behaviour), late_clock_(clock, 3600), tsa_(made(dir, clock)) {
  late_ = required(LocalTsa::open(dir, late_clock_));
  if (behaviour == Behaviour::foreign) {
    fs::path other = dir;
    other += ".foreign";
    foreign_ = made(other, clock);
  }
  server_ = std::make_unique<TestHttpServer>(
      port,
      [this](const std::string&, const Bytes& body, int socket) { return answer(body, socket); });
  if (behaviour == Behaviour::down) server_->close_port();
}

void TsaTestServer::wait_until_stopped(int socket, bool drip) {
  while (!server_->stopping()) {
    if (drip && !send_all(socket, "H")) return;
    pollfd wait{.fd = socket, .events = POLLRDHUP, .revents = 0};
    if (::poll(&wait, 1, poll_ms) > 0) return;
  }
}

// A TimeStampResp that is wrong in one way.
Bytes TsaTestServer::lie(const Bytes& question) {
  const auto read = archive::read_question(question);
  if (!std::holds_alternative<TimeStampQuestion>(read)) return required(tsa_->answer(question));
  auto twisted = std::get<TimeStampQuestion>(read);
  switch (behaviour_) {
    case Behaviour::wrong_imprint: {
      Bytes octets = verifier::to_bytes(twisted.imprint.view());
      octets[0] ^= 1;
      twisted.imprint = verifier::Digest(octets);
      break;
    }
    case Behaviour::wrong_nonce:
      twisted.nonce.back() ^= 1;
      break;
    case Behaviour::no_nonce:
      twisted.nonce.clear();
      break;
    case Behaviour::no_certificate:
      twisted.certificates = false;
      break;
    case Behaviour::late:
      return required(late_->answer(question));
    case Behaviour::foreign:
      return required(foreign_->answer(question));
    case Behaviour::reject:
      return archive::write_rejected("not today\x1b[2J", archive::failure::bad_algorithm);
    case Behaviour::waiting:
      return {0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x03};
    case Behaviour::unknown_status:
      return {0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x09};
    case Behaviour::no_token:
      return {0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x00};
    default:
      break;
  }
  Bytes answer = required(tsa_->answer(archive::write_question(twisted)));
  if (behaviour_ == Behaviour::trailing) answer.push_back(0);
  if (behaviour_ == Behaviour::truncated) answer.resize(answer.size() / 2);
  return answer;
}

std::optional<std::string> TsaTestServer::answer(const Bytes& body, int socket) {
  switch (behaviour_) {
    case Behaviour::silent:
      wait_until_stopped(socket, false);
      return std::nullopt;
    case Behaviour::hints:
      return "HTTP/1.1 103 Early Hints\r\nLink: </ca.pem>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" +
             reply(lie(body));
    case Behaviour::drip:
      send_all(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
      wait_until_stopped(socket, true);
      return std::nullopt;
    case Behaviour::hang_up:
      return std::nullopt;
    case Behaviour::not_http:
      return "220 mail.example.org ESMTP\r\n";
    case Behaviour::garbage:
      return http_response("200 OK", reply_type, "\x30\x7fgarbage\xff\x01");
    case Behaviour::empty:
      return http_response("200 OK", reply_type, "");
    case Behaviour::html:
      return http_response("200 OK", "text/html; charset=utf-8", "<html>Sign in</html>");
    case Behaviour::server_error:
      return http_response("500 Internal Server Error", "text/plain", "out of order");
    case Behaviour::redirect:
      return "HTTP/1.1 302 Found\r\nLocation: http://other.example.org/\r\nContent-Length: "
             "0\r\n\r\n";
    case Behaviour::huge:
      return http_response("200 OK", reply_type, std::string(std::size_t{8} << 20, '0'));
    default:
      return reply(lie(body));
  }
}

}  // namespace perdura::tests
