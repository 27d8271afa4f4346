// The client of TSAs over HTTP, against OpenSSL's authority and against a hostile one.
#include "archive/tsa_client.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "archive/local_ca.hpp"
#include "tests/archive/outside_world.hpp"
#include "tests/archive/tsa_test_server.hpp"
#include "verifier/texts.hpp"
#include "verifier/timestamp_token.hpp"
#include "verifier/verify_token.hpp"

namespace perdura {
namespace {

using archive::HttpTsaOptions;
using tests::Behaviour;
using tests::shell;
using tests::TsaTestServer;
using verifier::Bytes;
using verifier::Digest;
using verifier::DigestAlgorithm;

const Digest imprint = verifier::hash(DigestAlgorithm::sha256, verifier::as_bytes("a record"));

HttpTsaOptions options_for(const std::string& url) {
  HttpTsaOptions options;
  options.name = "tsa1";
  options.url = url;
  return options;
}

Bytes certificate_in(const std::filesystem::path& pem) {
  const auto read = archive::certificate_from_pem(tests::read_text(pem));
  return read ? archive::openssl_der(i2d_X509, read->get()) : Bytes();
}

class TsaClientTest : public testing::Test {
 protected:
  verifier::Result<Bytes> stamp_against(Behaviour behaviour) {
    const TsaTestServer server(folder / "tsa", 0, behaviour, clock);
    HttpTsaOptions options = options_for(server.url());
    options.ca_certificates = {certificate_in(folder / "tsa" / "ca.pem")};
    const bool endless = behaviour == Behaviour::silent || behaviour == Behaviour::drip;
    if (endless) options.http.timeout_ms = 1000;
    return archive::http_tsa(options, clock)->stamp(DigestAlgorithm::sha256, imprint);
  }

  archive::SystemClock clock;
  tests::TemporaryFolder folder;
};

TEST_F(TsaClientTest, TakesTheTokenOfAnHonestAuthority) {
  const auto token = stamp_against(Behaviour::ok);
  ASSERT_TRUE(token) << to_string(token.error());
  const auto read = verifier::parse_timestamp_token(*token);
  ASSERT_TRUE(read);
  EXPECT_TRUE(verifier::equal(read->tst_info.hashed_message, imprint));
}

TEST_F(TsaClientTest, TakesTheTokenBehindWhatIsSaidOnTheWay) {
  const auto token = stamp_against(Behaviour::hints);
  EXPECT_TRUE(token) << to_string(token.error());
}

struct Lie {
  Behaviour behaviour;
  const char* name;
  const char* what;  // a part of the error
};

constexpr Lie lies[] = {
    // clang-format off
    {Behaviour::down,           "down",           "connecting failed: Connection refused"},
    {Behaviour::silent,         "silent",         "no answer within 1000 ms while reading the answer"},
    {Behaviour::drip,           "drip",           "no answer within 1000 ms while reading the answer"},
    {Behaviour::hang_up,        "hang_up",        "closed the connection before its answer was complete"},
    {Behaviour::not_http,       "not_http",       "the answer is not HTTP"},
    {Behaviour::garbage,        "garbage",        "its answer is not a TimeStampResp"},
    {Behaviour::empty,          "empty",          "its answer is not a TimeStampResp"},
    {Behaviour::html,           "html",           "it answered with text/html, not a time-stamp"},
    {Behaviour::server_error,   "server_error",   "it answered with HTTP status 500"},
    {Behaviour::redirect,       "redirect",       "redirects (status 302) to 'http://other.example.org/'"},
    {Behaviour::huge,           "huge",           "the answer is longer than 1048576 octets"},
    {Behaviour::truncated,      "truncated",      "its answer is not a TimeStampResp"},
    {Behaviour::trailing,       "trailing",       "its answer is not a TimeStampResp"},
    {Behaviour::wrong_imprint,  "wrong_imprint",  "its token is over another imprint than the one sent"},
    {Behaviour::wrong_nonce,    "wrong_nonce",    "its token has another nonce than the one sent"},
    {Behaviour::no_nonce,       "no_nonce",       "its token lacks the nonce that was sent"},
    {Behaviour::no_certificate, "no_certificate", "its token holds no certificate"},
    {Behaviour::late,           "late",           "s ahead of this machine's clock"},
    {Behaviour::foreign,        "foreign",        "which none of the CA certificates given for it has issued"},
    {Behaviour::reject,         "reject",         "status 2 (rejection): it does not support the hash algorithm (badAlg); its words: 'not today [2J'"},
    {Behaviour::waiting,        "waiting",        "the request was refused with status 3 (waiting)"},
    {Behaviour::unknown_status, "unknown_status", "the request was refused with status 9 (unknown)"},
    {Behaviour::no_token,       "no_token",       "it granted the request, but sent no token"},
    // clang-format on
};

class HostileTsa : public TsaClientTest, public testing::WithParamInterface<Lie> {};

TEST_P(HostileTsa, GetsItsOwnErrorInTime) {
  const auto begin = std::chrono::steady_clock::now();
  const auto token = stamp_against(GetParam().behaviour);
  const auto took = std::chrono::steady_clock::now() - begin;
  ASSERT_FALSE(token);
  EXPECT_NE(token.error().what.find(GetParam().what), std::string::npos) << token.error().what;
  EXPECT_EQ(token.error().where.rfind("time-stamp authority tsa1 (http://127.0.0.1:", 0), 0u)
      << token.error().where;
  EXPECT_FALSE(token.error().hint.empty());
  EXPECT_LT(took, std::chrono::seconds(15));
}

INSTANTIATE_TEST_SUITE_P(, HostileTsa, testing::ValuesIn(lies),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(TsaClientTest, RefusesUrlsAndPoliciesThatCannotBeUsed) {
  for (const char* url :
       {"", "tsa.example.org", "ftp://tsa.example.org/", "http:///tsr", "http://127.0.0.1:99999/",
        "http://a b/", "http://user:secret@tsa.example.org/"}) {
    const auto token =
        archive::http_tsa(options_for(url), clock)->stamp(DigestAlgorithm::sha256, imprint);
    ASSERT_FALSE(token) << url;
    EXPECT_EQ(token.error().code, verifier::Errc::misuse);
  }
  HttpTsaOptions options = options_for("http://127.0.0.1:1/");
  options.policy = "one.two";
  const auto token = archive::http_tsa(options, clock)->stamp(DigestAlgorithm::sha256, imprint);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, verifier::Errc::misuse);
}

TEST_F(TsaClientTest, RefusesATokenUnderAnotherPolicyThanAskedFor) {
  const TsaTestServer server(folder / "tsa", 0, Behaviour::ok, clock);
  HttpTsaOptions options = options_for(server.url());
  options.policy = "1.2.3.4";
  const auto refused = archive::http_tsa(options, clock)->stamp(DigestAlgorithm::sha256, imprint);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("unacceptedPolicy"), std::string::npos);
  options.policy = "2.25.282762102668309421295128334682097837211";
  EXPECT_TRUE(archive::http_tsa(options, clock)->stamp(DigestAlgorithm::sha256, imprint));
}

TEST_F(TsaClientTest, NamesAHostThatDoesNotExist) {
  const auto token = archive::http_tsa(options_for("http://tsa.invalid/tsr"), clock)
                         ->stamp(DigestAlgorithm::sha256, imprint);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, verifier::Errc::unavailable);
  EXPECT_NE(token.error().what.find("'tsa.invalid'"), std::string::npos) << token.error().what;
}

// An authority made and run by the openssl program alone: RSA, a path of three, a CRL by HTTP.
class OpensslTsa : public TsaClientTest {
 protected:
  void SetUp() override {
    tests::write_text(folder / "make.sh", script);
    const auto made = in_folder("sh make.sh " + std::to_string(server.port()));
    ASSERT_EQ(made.exit_code, 0) << made.output;
  }
  tests::Ran in_folder(const std::string& command) const {
    return shell("cd " + folder.path().string() + " && " + command);
  }
  std::optional<std::string> answer(const std::string& path, const Bytes& body) const {
    if (path == "/crl") {
      while (hangs && !server.stopping()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
      return tests::http_response("200 OK", "application/pkix-crl",
                                  tests::read_text(folder / "ca.crl"));
    }
    if (path != "/tsr") return tests::http_response("404 Not Found", "text/plain", "");
    tests::write_octets(folder / "q", body);
    const auto ran = in_folder("openssl ts -reply -config tsa.cnf -queryfile q -out r");
    if (ran.exit_code != 0) return tests::http_response("500 Error", "text/plain", ran.output);
    return tests::http_response("200 OK", "application/timestamp-reply",
                                tests::read_text(folder / "r"));
  }
  static constexpr char script[] = R"(set -e
cat > tsa.cnf <<END
[tsa]
default_tsa = t
[t]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[ca]
default_ca = c
[c]
database = index
crlnumber = crlnumber
default_crl_days = 30
default_md = sha256
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = URI:http://127.0.0.1:$1/crl,URI:ldap://127.0.0.1/x
[req]
distinguished_name = dn
[dn]
END
echo 01 > serial; echo 01 > crlnumber; : > index
for name in root ca tsa; do
  openssl req -new -newkey rsa:2048 -nodes -keyout $name.key -out $name.csr -subj "/CN=Test $name" -config tsa.cnf
done
openssl x509 -req -in root.csr -signkey root.key -days 100 -extfile tsa.cnf -extensions root -out root.pem
openssl x509 -req -in ca.csr -CA root.pem -CAkey root.key -set_serial 2 -days 50 -extfile tsa.cnf -extensions root -out ca.pem
openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 3 -days 30 -extfile tsa.cnf -extensions leaf -out tsa.pem
openssl ca -gencrl -config tsa.cnf -cert ca.pem -keyfile ca.key -out ca.crl.pem
openssl crl -in ca.crl.pem -outform DER -out ca.crl
printf 'a record' > document
)";

  std::atomic<bool> hangs = false;  // the place of its status list
  tests::TestHttpServer server{
      0, [this](const std::string& path, const Bytes& body, int) { return answer(path, body); }};
};

TEST_F(OpensslTsa, IsAcceptedAndItsPathAndStatusListArePutIntoTheToken) {
  HttpTsaOptions options = options_for(server.url("/tsr"));
  options.ca_certificates = {certificate_in(folder / "root.pem"),
                             certificate_in(folder / "ca.pem")};
  const auto token = archive::http_tsa(options, clock)->stamp(DigestAlgorithm::sha256, imprint);
  ASSERT_TRUE(token) << to_string(token.error());
  const auto read = verifier::parse_timestamp_token(*token);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->certificates.size(), 3u);
  ASSERT_EQ(read->crls.size(), 1u);
  EXPECT_EQ(verifier::to_bytes(read->crls[0]), tests::read_octets(folder / "ca.crl"));
  tests::write_octets(folder / "token", *token);
  const auto verified =
      in_folder("openssl ts -verify -data document -in token -token_in -CAfile root.pem");
  EXPECT_NE(verified.output.find("Verification: OK"), std::string::npos) << verified.output;

  const verifier::TokenJudge judge({.anchors = {{options.ca_certificates[0]}},
                                    .at = clock.now(),
                                    .revocation = verifier::RevocationMode::if_present,
                                    .extra_certificates = {},
                                    .extra_crls = {},
                                    .accompanying_crls = {},
                                    .accompanying_ocsp_responses = {}});
  const verifier::Report report = judge.judge(*token, clock.now(), &imprint);
  EXPECT_EQ(report.verdict(), verifier::Verdict::passed)
      << (report.decisive() != nullptr ? verifier::in_english(report.decisive()->what) : "");
}

TEST_F(OpensslTsa, TokenIsKeptWhenItsStatusListCannotBeHad) {
  std::filesystem::remove(folder / "ca.crl");
  std::vector<std::string> warnings;
  HttpTsaOptions options = options_for(server.url("/tsr"));
  options.warn = [&](const std::string& sentence) { warnings.push_back(sentence); };
  const auto token =
      archive::http_tsa(options, clock)
          ->stamp(DigestAlgorithm::sha512,
                  verifier::hash(DigestAlgorithm::sha512, verifier::as_bytes("a record")));
  ASSERT_TRUE(token) << to_string(token.error());
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("/crl: what lies there is not a CRL in DER"), std::string::npos)
      << warnings[0];
}

TEST_F(OpensslTsa, TokenIsKeptWhenItsStatusListIsNoLongerWaitedFor) {
  hangs = true;
  const HttpTsaOptions options = options_for(server.url("/tsr"));
  std::stop_source waiting;
  const auto begin = std::chrono::steady_clock::now();
  const std::jthread impatient([&] {
    std::this_thread::sleep_for(std::chrono::seconds(3));
    waiting.request_stop();
  });
  const auto token = archive::http_tsa(options, clock)
                         ->stamp(DigestAlgorithm::sha256, imprint, waiting.get_token());
  EXPECT_TRUE(token) << to_string(token.error());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15));
}

}  // namespace
}  // namespace perdura
