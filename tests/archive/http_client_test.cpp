// One HTTP exchange, over TLS against the openssl program, and in the face of what is wrong.
#include "archive/http_client.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <thread>

#include "tests/archive/outside_world.hpp"
#include "tests/archive/tsa_test_server.hpp"

namespace perdura {
namespace {

using archive::http_exchange;
using archive::HttpOptions;
using archive::HttpRequest;
using tests::http_response;
using tests::shell;
using verifier::Bytes;
using verifier::Errc;

HttpRequest get(const std::string& url) {
  return {.url = url, .content_type = "", .accept = "", .body = {}};
}

TEST(HttpClient, PostsItsBodyAndReadsTheAnswer) {
  const tests::TestHttpServer server(0, [](const std::string& path, const Bytes& body, int) {
    return http_response("201 Created", "Text/Plain; charset=utf-8",
                         path + " " + std::string(verifier::as_text(body)));
  });
  const auto response = http_exchange({.url = server.url("/a%20b?c=d#e"),
                                       .content_type = "application/octet-stream",
                                       .accept = "",
                                       .body = {'h', 'i'}},
                                      {});
  ASSERT_TRUE(response) << to_string(response.error());
  EXPECT_EQ(response->status, 201u);
  EXPECT_EQ(response->content_type, "text/plain");
  EXPECT_EQ(verifier::as_text(response->body), "/a%20b?c=d hi");
}

TEST(HttpClient, TakesABodyWithoutALengthUpToItsLimit) {
  const tests::TestHttpServer server(0, [](const std::string& path, const Bytes&, int) {
    return "HTTP/1.1 200 OK\r\n\r\n" + std::string(path == "/fits" ? 1000 : 1001, 'x');
  });
  HttpOptions options;
  options.response_size_max = 1000;
  EXPECT_TRUE(http_exchange(get(server.url("/fits")), options));
  const auto over = http_exchange(get(server.url("/over")), options);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::too_large);
}

TEST(HttpClient, ReachesAnAddressInBrackets) {
  const auto response = http_exchange(get("http://[::1]:1/"), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().what.rfind("connecting failed: ", 0), 0u) << response.error().what;
}

TEST(HttpClient, RefusesAnEndlessHeader) {
  const tests::TestHttpServer server(0, [](const std::string&, const Bytes&, int) {
    return "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x');
  });
  const auto response = http_exchange(get(server.url("/")), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::too_large);
}

TEST(HttpClient, IgnoresTheEnvironmentsProxies) {
  ::setenv("http_proxy", "http://127.0.0.1:1/", 1);
  const tests::TestHttpServer server(
      0, [](const std::string&, const Bytes&, int) { return http_response("200 OK", "", ""); });
  EXPECT_TRUE(http_exchange(get(server.url("/")), {}));
  ::unsetenv("http_proxy");
}

TEST(HttpClient, GivesUpOnAHandshakeThatNeverEnds) {
  // A server of plain HTTP waits for the rest of a request that it takes the handshake for.
  const tests::TestHttpServer server(
      0, [](const std::string&, const Bytes&, int) { return std::nullopt; });
  HttpOptions options;
  options.handshake_timeout_ms = 300;
  const auto begin = std::chrono::steady_clock::now();
  const auto response =
      http_exchange(get("https://127.0.0.1:" + std::to_string(server.port()) + "/"), options);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().what, "no answer within 300 ms while agreeing on TLS");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
}

TEST(HttpClient, EndsSoonOnceItIsGivenUp) {
  const tests::TestHttpServer server(
      0, [](const std::string&, const Bytes&, int socket) -> std::optional<std::string> {
        for (int i = 0; i < 100 && ::send(socket, "H", 1, MSG_NOSIGNAL) == 1; ++i) {
          std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return std::nullopt;
      });
  const std::string host = "://127.0.0.1:" + std::to_string(server.port()) + "/";
  for (const std::string scheme : {"http", "https"}) {
    std::stop_source waiting;
    HttpOptions options;
    options.given_up = waiting.get_token();
    const auto begin = std::chrono::steady_clock::now();
    const std::jthread impatient([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      waiting.request_stop();
    });
    const auto response = http_exchange(get(scheme + host), options);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().what, "its answer did not come soon and is no longer waited for");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
    EXPECT_FALSE(http_exchange(get(scheme + host), options));
  }
}

// `openssl s_server` with a certificate for "localhost" by a CA of its own.
class HttpsClient : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = shell(
        "cd " + folder.path().string() +
        " && openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 10"
        " -subj '/CN=Test root' && openssl req -new -newkey rsa:2048 -nodes -keyout s.key -out"
        " s.csr -subj '/CN=server' && printf 'subjectAltName=DNS:localhost' > ext &&"
        " openssl x509 -req -in s.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 5 -extfile ext"
        " -out s.pem");
    ASSERT_EQ(made.exit_code, 0) << made.output;
    for (int tries = 0; tries < 5 && port == 0; ++tries) start();
    ASSERT_NE(port, 0) << tests::read_text(folder / "log");
    options.ca_file = folder / "ca.pem";
  }
  // On any free port, which the program prints.
  void start() {
    std::filesystem::remove(folder / "log");
    server = std::make_unique<tests::BackgroundProgram>(
        std::vector<std::string>{"openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert",
                                 (folder / "s.pem").string(), "-key", (folder / "s.key").string()},
        folder / "log");
    for (int tries = 0; tries < 200 && port == 0; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      const std::string log = tests::read_text(folder / "log");
      const std::string before = "ACCEPT 127.0.0.1:";
      const auto at = log.find(before);
      if (at != std::string::npos) port = std::atoi(log.c_str() + at + before.size());
    }
  }
  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(port) + "/";
  }

  tests::TemporaryFolder folder;
  std::unique_ptr<tests::BackgroundProgram> server;
  int port = 0;
  HttpOptions options;
};

TEST_F(HttpsClient, TrustsAServerWhoseCertificateProvesItsName) {
  const auto response = http_exchange(get(url("localhost")), options);
  ASSERT_TRUE(response) << to_string(response.error());
  EXPECT_EQ(response->status, 200u);
}

TEST_F(HttpsClient, RefusesAServerThatNobodyVouchesFor) {
  options.ca_file.clear();
  const auto response = http_exchange(get(url("localhost")), options);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().what.rfind("the server's certificate is not accepted: ", 0), 0u)
      << response.error().what;
}

TEST_F(HttpsClient, RefusesAServerOfAnotherName) {
  const auto response = http_exchange(get(url("127.0.0.1")), options);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().what, "the server's certificate is not for the name '127.0.0.1'");
}

TEST_F(HttpsClient, SaysWhenItsRootsCannotBeRead) {
  options.ca_file = folder / "missing.pem";
  const auto response = http_exchange(get(url("localhost")), options);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::io);
  EXPECT_EQ(response.error().where, (folder / "missing.pem").string());
}

}  // namespace
}  // namespace perdura
