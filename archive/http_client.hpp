// One HTTP exchange: for time-stamp authorities and for the status lists of their certificates.
//
// What comes back is untrusted input: its size and its time are bounded, redirects are refused
// (whoever answers in a TSA's stead must be named in the settings), proxies of the environment are
// not used, and https:// servers must prove their name. Only http_client.cpp includes Beast.
// Thread safety: pure functions; each call is an exchange with a connection of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {

using verifier::Bytes;
using verifier::ByteView;
using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

// What is asked. A request with a content type is a POST of `body`, else it is a GET.
struct HttpRequest {
  std::string url;  // http:// or https://, no user name in it
  std::string content_type;
  std::string accept;  // "": anything
  Bytes body;
  // Value of the Authorization header; "": none. Sent over https:// and to this machine alone.
  std::string authorization = {};
};

// The bounds of an exchange.
struct HttpOptions {
  int connect_timeout_ms = 10'000;    // looking up the name, then connecting
  int handshake_timeout_ms = 10'000;  // TLS
  int timeout_ms = 30'000;            // all of it, from the look-up to the last octet
  std::size_t response_size_max = std::size_t{1} << 20;  // octets of the body
  std::filesystem::path ca_file;  // PEM roots for https://; empty: those of this system
  std::stop_token given_up = {};  // once asked for, the exchange ends soon, as unavailable
};

// What came back, whatever its status.
struct HttpResponse {
  unsigned status = 0;
  std::string content_type;  // lower case, without parameters; "" when there was none
  Bytes body;
};

// Whether http_exchange could use the URL, as far as can be told without a network. Errors: misuse.
Result<Ok> check_url(const std::string& url);

// Sends the request and reads the response whole. Errors name the URL and say what to do: misuse
// (the URL cannot be used), unavailable (no such name, refused, timed out, cut off, a certificate
// that does not prove the name, a redirect, not HTTP, given up), too_large, io (ca_file cannot be
// read).
Result<HttpResponse> http_exchange(const HttpRequest& request, const HttpOptions& options);

}  // namespace perdura::archive
