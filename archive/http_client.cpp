#include "archive/http_client.hpp"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/url/parse.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <system_error>
#include <thread>

namespace perdura::archive {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::milliseconds;
using Tcp = asio::ip::tcp;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t url_size_max = 2048;
constexpr std::uint32_t header_size_max = 16 * 1024;
constexpr unsigned informational_max = 4;  // answers of status 1xx before the one that counts

// Where a URL leads.
struct Target {
  bool tls = false;
  std::string host;    // without brackets: as the resolver and the certificate have it
  std::string port;    // never empty
  std::string origin;  // the Host header: with brackets and with an unusual port
  std::string path;    // with the query; at least "/"
};

Error misuse(const HttpRequest& request, std::string what) {
  return {Errc::misuse, std::move(what), request.url.substr(0, 200),
          "give a URL like http://tsa.example.org/tsr"};
}

Result<Target> parse_target(const HttpRequest& request) {
  if (request.url.size() > url_size_max) return misuse(request, "the URL is too long");
  const auto url = boost::urls::parse_uri(request.url);
  if (!url) return misuse(request, "this is not a URL");
  if (url->scheme() != "http" && url->scheme() != "https") {
    return misuse(request, "only http:// and https:// can be reached");
  }
  if (url->has_userinfo()) return misuse(request, "a user name in the URL is not supported");
  Target target;
  target.tls = url->scheme() == "https";
  target.host = url->host_address();
  if (target.host.empty()) return misuse(request, "the URL names no host");
  target.port = url->has_port() && !url->port().empty() ? std::string(url->port())
                                                        : (target.tls ? "443" : "80");
  if (target.port.size() > 5 || std::stoi(target.port) < 1 || std::stoi(target.port) > 65535) {
    return misuse(request, "the port is not one from 1 to 65535");
  }
  const bool to_itself =
      target.host == "localhost" || target.host == "127.0.0.1" || target.host == "::1";
  if (!request.authorization.empty() && !target.tls && !to_itself) {
    return misuse(request, "a password would go there unencrypted; only https:// keeps it");
  }
  target.origin = std::string(url->encoded_host());
  if (url->has_port() && !url->port().empty()) target.origin += ":" + target.port;
  target.path = std::string(url->encoded_resource());
  if (const auto fragment = target.path.find('#'); fragment != std::string::npos) {
    target.path.resize(fragment);
  }
  if (target.path.empty() || target.path.front() != '/') target.path.insert(0, "/");
  return target;
}

// One exchange: its steps run one after the other, each until it is done or its time is over.
class Exchange {
 public:
  Exchange(const HttpRequest& request, const HttpOptions& options, const Target& target)
      : request_(request),
        options_(options),
        target_(target),
        io_(std::make_shared<asio::io_context>(1)),
        stream_(*io_),
        deadline_(std::chrono::steady_clock::now() + milliseconds(options.timeout_ms)) {}

  Result<HttpResponse> run() {
    // Closed on the thread that works with it: whatever it waits for then ends.
    const std::stop_callback give_up(options_.given_up,
                                     [this] { asio::post(*io_, [this] { stream_.close(); }); });
    auto response = exchange();
    if (response || !options_.given_up.stop_requested()) return response;
    return unavailable("its answer did not come soon and is no longer waited for", "");
  }

 private:
  Result<HttpResponse> exchange() {
    if (auto done = connect(); !done) return done.error();
    if (!target_.tls) return talk(stream_);
    asio::ssl::context context(asio::ssl::context::tls_client);
    if (auto done = prepare(context); !done) return done.error();
    beast::ssl_stream<beast::tcp_stream&> tls(stream_, context);
    if (auto done = handshake(tls); !done) return done.error();
    return talk(tls);
  }

  // Starts an operation, runs it to its end, and says how it ended.
  template <typename Start>
  error_code step(Start start) {
    error_code result;
    if (options_.given_up.stop_requested()) return asio::error::operation_aborted;
    start([&result](error_code error, auto&&...) { result = error; });
    io_->restart();
    io_->run();
    return result;
  }

  // When a step that may take `timeout_ms` must be over: never after the whole exchange's end.
  SteadyTime end_of_step(int timeout_ms) const {
    return std::min(deadline_, std::chrono::steady_clock::now() + milliseconds(timeout_ms));
  }

  Error unavailable(const std::string& what, std::string hint) const {
    return {Errc::unavailable, what, request_.url, std::move(hint)};
  }

  // `doing` in words like "connecting".
  Error failed(const std::string& doing, error_code error, int timeout_ms) const {
    if (error == beast::error::timeout || error == asio::error::timed_out) {
      return unavailable("no answer within " + std::to_string(timeout_ms) + " ms while " + doing,
                         "try again later, or ask who runs the server whether it is up");
    }
    return unavailable(doing + " failed: " + error.message(),
                       "check the URL, the network and whether the server is up");
  }

  Result<Tcp::resolver::results_type> resolve();
  Result<Ok> connect();
  Result<Ok> prepare(asio::ssl::context& context);
  Result<Ok> handshake(beast::ssl_stream<beast::tcp_stream&>& tls);
  template <typename Stream>
  Result<HttpResponse> talk(Stream& stream);
  Error unreadable(error_code error) const;

  const HttpRequest& request_;
  const HttpOptions& options_;
  const Target& target_;
  std::shared_ptr<asio::io_context> io_;
  beast::tcp_stream stream_;
  SteadyTime deadline_;
};

// The system's look-up cannot be cut short: it runs in a context of its own, and when its time is
// over it is left to end alone.
Result<Tcp::resolver::results_type> Exchange::resolve() {
  struct LookUp {
    asio::io_context io{1};
    Tcp::resolver resolver{io};
    std::optional<error_code> error;
    Tcp::resolver::results_type results;
  };
  auto look_up = std::make_shared<LookUp>();
  look_up->resolver.async_resolve(target_.host, target_.port,
                                  [state = look_up.get()](error_code error, auto results) {
                                    state->error = error;
                                    state->results = std::move(results);
                                  });
  {
    const std::stop_callback give_up(options_.given_up, [&look_up] { look_up->io.stop(); });
    look_up->io.run_until(end_of_step(options_.connect_timeout_ms));
  }
  if (!look_up->error) {
    std::thread([left = std::move(look_up)]() mutable { left.reset(); }).detach();
    return failed("looking up the name '" + target_.host + "'", beast::error::timeout,
                  options_.connect_timeout_ms);
  }
  if (*look_up->error) {
    return unavailable("no address for the name '" + target_.host + "'",
                       "check the spelling of the URL, the network and the name server");
  }
  return look_up->results;
}

Result<Ok> Exchange::connect() {
  const auto addresses = resolve();
  if (!addresses) return addresses.error();
  stream_.expires_at(end_of_step(options_.connect_timeout_ms));
  const error_code error =
      step([&](auto done) { stream_.async_connect(*addresses, std::move(done)); });
  if (error) return failed("connecting", error, options_.connect_timeout_ms);
  error_code slower_only;
  stream_.socket().set_option(Tcp::no_delay(true), slower_only);
  return Ok{};
}

Result<Ok> Exchange::prepare(asio::ssl::context& context) {
  error_code error;
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(asio::ssl::verify_peer, error);
  if (options_.ca_file.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(options_.ca_file.string(), error);
  }
  if (!error) return Ok{};
  return Error{Errc::io,
               "the certificates to trust for https:// cannot be read: " + error.message(),
               options_.ca_file.string(), "give a file of PEM certificates that can be read"};
}

Result<Ok> Exchange::handshake(beast::ssl_stream<beast::tcp_stream&>& tls) {
  error_code not_an_address;
  asio::ip::make_address(target_.host, not_an_address);
  SSL* native = tls.native_handle();
  const int named =
      not_an_address ? SSL_set1_host(native, target_.host.c_str())
                     : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(native), target_.host.c_str());
  if (named != 1) {
    return unavailable("a certificate cannot be for the name '" + target_.host + "'",
                       "give the server's name");
  }
  if (not_an_address) SSL_set_tlsext_host_name(native, target_.host.c_str());
  stream_.expires_at(end_of_step(options_.handshake_timeout_ms));
  const error_code error = step(
      [&](auto done) { tls.async_handshake(asio::ssl::stream_base::client, std::move(done)); });
  if (!error) return Ok{};
  const long verdict = SSL_get_verify_result(native);
  if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return unavailable("the server's certificate is not for the name '" + target_.host + "'",
                       "use the name that the certificate has, or ask who runs the server");
  }
  if (verdict != X509_V_OK) {
    return unavailable(std::string("the server's certificate is not accepted: ") +
                           X509_verify_cert_error_string(verdict),
                       "name the file with the root that issued it, or ask who runs the server");
  }
  return failed("agreeing on TLS", error, options_.handshake_timeout_ms);
}

Error Exchange::unreadable(error_code error) const {
  if (error == http::error::body_limit || error == http::error::header_limit) {
    return {Errc::too_large,
            "the answer is longer than " + std::to_string(options_.response_size_max) + " octets",
            request_.url, "check that the URL is the one meant for this"};
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message ||
      error == asio::error::connection_reset || error == asio::error::eof ||
      error == asio::ssl::error::stream_truncated) {
    return unavailable("the server closed the connection before its answer was complete",
                       "try again later, or ask who runs the server");
  }
  if (error.category() == make_error_code(http::error::bad_version).category()) {
    return unavailable("the answer is not HTTP: " + error.message(),
                       "check that the URL's host and port are those of a web server");
  }
  return failed("reading the answer", error, options_.timeout_ms);
}

// A header's value, made harmless for a terminal and a log.
std::string printable(boost::beast::string_view field) {
  std::string text(field.substr(0, 256));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c > 0x7E; }, '?');
  return text;
}

std::string media_type_of(boost::beast::string_view field) {
  std::string type = printable(field);
  type.resize(std::min(type.size(), type.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return type;
}

template <typename Stream>
Result<HttpResponse> Exchange::talk(Stream& stream) {
  const bool post = !request_.content_type.empty();
  http::request<http::vector_body<std::uint8_t>> message(post ? http::verb::post : http::verb::get,
                                                         target_.path, 11);
  message.set(http::field::host, target_.origin);
  message.set(http::field::user_agent, "perdura/" PERDURA_VERSION);
  message.set(http::field::connection, "close");
  message.set(http::field::accept, request_.accept.empty() ? "*/*" : request_.accept);
  if (!request_.authorization.empty()) {
    message.set(http::field::authorization, request_.authorization);
  }
  if (post) {
    message.set(http::field::content_type, request_.content_type);
    message.body() = request_.body;
    message.prepare_payload();
  }
  stream_.expires_at(deadline_);
  error_code error = step([&](auto done) { http::async_write(stream, message, std::move(done)); });
  // A server may answer and close before it has read all: what it said is more telling.
  if (error == beast::error::timeout) return failed("sending", error, options_.timeout_ms);

  beast::flat_buffer buffer;
  http::response<http::vector_body<std::uint8_t>> response;
  // What a server says on the way (RFC 9110 section 15.2) comes before its answer.
  for (unsigned read = 0; read <= informational_max; ++read) {
    http::response_parser<http::vector_body<std::uint8_t>> parser;
    parser.body_limit(options_.response_size_max);
    parser.header_limit(header_size_max);
    error = step([&](auto done) { http::async_read(stream, buffer, parser, std::move(done)); });
    if (error) return unreadable(error);
    response = parser.release();
    if (response.result_int() >= 200) break;
  }
  HttpResponse result;
  result.status = response.result_int();
  if (result.status >= 300 && result.status < 400) {
    const std::string location = printable(response[http::field::location]);
    return unavailable("the server redirects (status " + std::to_string(result.status) + ") to '" +
                           location + "'; redirects are not followed",
                       "if the new place is right, give its URL");
  }
  result.content_type = media_type_of(response[http::field::content_type]);
  result.body = std::move(response.body());
  return result;
}

}  // namespace

Result<Ok> check_url(const std::string& url) {
  const auto target = parse_target({.url = url, .content_type = "", .accept = "", .body = {}});
  return target ? Result<Ok>(Ok{}) : target.error();
}

Result<HttpResponse> http_exchange(const HttpRequest& request, const HttpOptions& options) {
  const auto target = parse_target(request);
  if (!target) return target.error();
  try {
    return Exchange(request, options, *target).run();
  } catch (const std::system_error& error) {  // no sockets or threads left
    return Error{Errc::io, std::string("no connection could be begun: ") + error.what(),
                 request.url, "check the limits of this process (ulimit)"};
  }
}

}  // namespace perdura::archive
