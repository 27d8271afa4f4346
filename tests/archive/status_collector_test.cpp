// Status information and certificates are fetched from where certificates say, and nothing that an
// honest or hostile server sends there breaks more than itself.
#include "archive/status_collector.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "archive/clock.hpp"
#include "archive/ocsp.hpp"
#include "tests/archive/outside_world.hpp"
#include "tests/archive/tsa_test_server.hpp"
#include "verifier/revocation.hpp"
#include "verifier/trust_anchors.hpp"

namespace perdura {
namespace {

using archive::FreshStatus;
using archive::StatusCollector;
using tests::http_response;
using verifier::Bytes;

// A root, a CA and an authority by the openssl program, whose certificates name this server for
// everything; an OCSP responder of the CA, and a second CA of the same name.
constexpr char script[] = R"(set -e
cat > c.cnf <<END
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
authorityInfoAccess = caIssuers;URI:http://127.0.0.1:$1/root
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
crlDistributionPoints = URI:http://127.0.0.1:$1/crl
authorityInfoAccess = OCSP;URI:http://127.0.0.1:$1/ocsp,caIssuers;URI:http://127.0.0.1:$1/ca
[ocsp]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
[req]
distinguished_name = dn
[dn]
END
echo 01 > crlnumber
key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
for name in root ca tsa ocsp; do
  openssl req -new $key -keyout $name.key -out $name.csr -subj "/CN=Test $name" -config c.cnf
done
openssl req -new $key -keyout other.key -out other.csr -subj "/CN=Test ca" -config c.cnf
sign() { openssl x509 -req -in $1.csr -days 50 -extfile c.cnf -set_serial $2 -extensions $3 -out $1.pem "${@:4}"; }
sign root 1 root -signkey root.key
sign ca 2 root -CA root.pem -CAkey root.key
sign other 2 root -CA root.pem -CAkey root.key
sign tsa 3 leaf -CA ca.pem -CAkey ca.key
sign ocsp 4 ocsp -CA ca.pem -CAkey ca.key
printf 'V\t491231235959Z\t\t03\tunknown\t/CN=Test tsa\n' > index
openssl ca -gencrl -config c.cnf -cert ca.pem -keyfile ca.key -out ca.crl.pem
openssl ca -gencrl -config c.cnf -cert other.pem -keyfile other.key -out other.crl.pem
for name in ca other; do openssl crl -in $name.crl.pem -outform DER -out $name.crl; done
for name in root ca tsa; do openssl x509 -in $name.pem -outform DER -out $name.der; done
openssl crl2pkcs7 -nocrl -certfile ca.pem -certfile root.pem -outform DER -out ca.p7c
openssl ocsp -issuer ca.pem -cert tsa.pem -reqout old.req
)";

class StatusCollection : public testing::Test {
 protected:
  void SetUp() override {
    tests::write_text(folder / "make.sh", script);
    const auto made = in_folder("bash make.sh " + std::to_string(server.port()));
    ASSERT_EQ(made.exit_code, 0) << made.output;
    for (const char* name : {"root", "ca", "tsa"}) {
      files[std::string("/") + name] = tests::read_text(folder / (name + std::string(".der")));
    }
    files["/crl"] = tests::read_text(folder / "ca.crl");
    tsa = verifier::to_bytes(verifier::as_bytes(files["/tsa"]));
    ca = verifier::to_bytes(verifier::as_bytes(files["/ca"]));
    root = verifier::to_bytes(verifier::as_bytes(files["/root"]));
  }
  tests::Ran in_folder(const std::string& command) const {
    return tests::shell("cd " + folder.path().string() + " && " + command);
  }
  // What `openssl ocsp` answers to the question in `file`.
  std::string responder(const std::string& file, const std::string& signer = "ocsp") const {
    const auto ran =
        in_folder("openssl ocsp -index index -CA " +
                  std::string(signer == "other" ? "other" : "ca") + ".pem -rsigner " + signer +
                  ".pem -rkey " + signer + ".key -reqin " + file + " -respout r -ndays 7");
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    return tests::read_text(folder / "r");
  }
  std::optional<std::string> answer(const std::string& path, const Bytes& body, int) {
    if (path == "/ocsp") {
      tests::write_octets(folder / "q", body);
      return ocsp_answer();
    }
    const auto file = files.find(path);
    if (file == files.end()) return http_response("404 Not Found", "text/plain", "");
    return http_response("200 OK", "application/octet-stream", file->second);
  }
  FreshStatus collect() {
    archive::HttpOptions options;
    options.timeout_ms = 2000;
    StatusCollector collector(options, clock.now());
    std::vector<Bytes> path = collector.path_above(tsa, {});
    above = path;
    path.insert(path.begin(), tsa);
    collector.ask_status(path, std::nullopt);
    return collector.take();
  }

  archive::SystemClock clock;
  tests::TemporaryFolder folder;
  std::map<std::string, std::string> files;
  std::function<std::optional<std::string>()> ocsp_answer = [this] {
    return std::optional(http_response("200 OK", "application/ocsp-response", responder("q")));
  };
  Bytes tsa, ca, root;
  std::vector<Bytes> above;
  tests::TestHttpServer server{0, [this](const std::string& path, const Bytes& body, int socket) {
                                 return answer(path, body, socket);
                               }};
};

TEST_F(StatusCollection, FindsThePathTheListAndTheResponse) {
  const FreshStatus status = collect();
  EXPECT_EQ(above, (std::vector<Bytes>{ca, root}));
  EXPECT_EQ(status.crls.size(), 1u);
  ASSERT_EQ(status.ocsp_responses.size(), 1u);
  EXPECT_TRUE(status.warnings.empty()) << status.warnings.front();
  std::vector<std::string> notes;
  const verifier::StatusSource source{
      .octets = status.ocsp_responses[0], .ocsp = true, .proven = clock.now(), .from = "it"};
  const auto read = verifier::read_status({.certificate = verifier::read_certificate(tsa),
                                           .issuer = verifier::read_certificate(ca),
                                           .gen_time = clock.now(),
                                           .reference = clock.now(),
                                           .policy = verifier::AlgorithmPolicy::built_in()},
                                          std::span(&source, 1), notes);
  ASSERT_EQ(read.size(), 1u);
  EXPECT_FALSE(read[0].revocation);
}

TEST_F(StatusCollection, TakesCertificatesOutOfAPkcs7Too) {
  files["/ca"] = tests::read_text(folder / "ca.p7c");
  collect();
  EXPECT_EQ(above, (std::vector<Bytes>{ca, root}));
}

TEST_F(StatusCollection, TakesAResponseFromStockWithoutANonce) {
  ocsp_answer = [this] {
    in_folder("openssl ocsp -issuer ca.pem -cert tsa.pem -no_nonce -reqout bare.req");
    return http_response("200 OK", "application/ocsp-response", responder("bare.req"));
  };
  EXPECT_EQ(collect().ocsp_responses.size(), 1u);
}

struct OcspFault {
  const char* name;
  std::function<std::optional<std::string>(
      const std::function<std::string(std::string, std::string)>&)>
      answer;
  const char* warning;  // a part of it
};

std::string reply(const std::string& body) {
  return http_response("200 OK", "application/ocsp-response", body);
}

const OcspFault ocsp_faults[] = {
    // clang-format off
    {"garbage",        [](const auto&) { return reply("\x30\x7fgarbage"); },                                "what it sent is not an OCSP response"},
    {"empty",          [](const auto&) { return reply(""); },                                               "what it sent is not an OCSP response"},
    {"html",           [](const auto&) { return http_response("200 OK", "text/html", "<html>"); },          "what it sent is not an OCSP response"},
    {"server_error",   [](const auto&) { return http_response("500 Oops", "text/plain", ""); },             "HTTP status 500"},
    {"hang_up",        [](const auto&) { return std::nullopt; },                                            "closed the connection"},
    {"endless",        [](const auto&) { return reply(std::string(std::size_t{4} << 20, '0')); },           "the answer is longer than 1048576 octets"},
    {"redirect",       [](const auto&) { return "HTTP/1.1 302 Found\r\nLocation: /ocsp\r\n\r\n"; },         "redirects are not followed"},
    {"try_later",      [](const auto&) { return reply(std::string("\x30\x03\x0a\x01\x03", 5)); },           "the responder does not answer: tryLater"},
    {"no_bytes",       [](const auto&) { return reply(std::string("\x30\x03\x0a\x01\x00", 5)); },           "what it sent is not an OCSP response"},
    {"other_nonce",    [](const auto& ask) { return reply(ask("old.req", "ocsp")); },                       "answers another question (nonce)"},
    {"other_issuer",   [](const auto& ask) { return reply(ask("q", "other")); },                            "its OCSP response does not"},
    {"no_task",        [](const auto& ask) { return reply(ask("q", "tsa")); },                              "OCSP response of someone without that task"},
    {"bit_flipped",    [](const auto& ask) { std::string r = ask("q", "ocsp"); r[120] ^= 1; return reply(r); }, "OCSP response"},
    // clang-format on
};

class OcspFaults : public StatusCollection, public testing::WithParamInterface<OcspFault> {};

TEST_P(OcspFaults, AreAWarningAndTheRestIsKept) {
  ocsp_answer = [this] {
    return GetParam().answer([this](const std::string& file, const std::string& signer) {
      return responder(file, signer);
    });
  };
  const auto begin = std::chrono::steady_clock::now();
  const FreshStatus status = collect();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(above, (std::vector<Bytes>{ca, root}));
  EXPECT_EQ(status.crls.size(), 1u);
  EXPECT_TRUE(status.ocsp_responses.empty());
  ASSERT_EQ(status.warnings.size(), 1u);
  EXPECT_NE(status.warnings[0].find(GetParam().warning), std::string::npos) << status.warnings[0];
}

INSTANTIATE_TEST_SUITE_P(, OcspFaults, testing::ValuesIn(ocsp_faults),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(StatusCollection, RefusesAListOfAnotherKeyOfTheSameName) {
  files["/crl"] = tests::read_text(folder / "other.crl");
  const FreshStatus status = collect();
  EXPECT_TRUE(status.crls.empty());
  ASSERT_EQ(status.warnings.size(), 1u);
  EXPECT_NE(status.warnings[0].find("is not signed by CN=Test ca"), std::string::npos)
      << status.warnings[0];
}

TEST_F(StatusCollection, WarnsOfAListFromBeforeTheTimeThatCounts) {
  StatusCollector collector({}, clock.now());
  collector.ask_status({tsa, ca, root}, clock.now() + 3600);
  const FreshStatus status = collector.take();
  EXPECT_EQ(status.crls.size(), 1u);
  ASSERT_EQ(status.warnings.size(), 1u);
  EXPECT_NE(status.warnings[0].find("a newer one is needed"), std::string::npos);
}

TEST_F(StatusCollection, GoesNowhereWithACertificateThatHasNotIssuedThisOne) {
  files["/ca"] = files["/root"];
  collect();
  EXPECT_TRUE(above.empty());
}

// Each place that never answers takes time from the others, not more time.
TEST_F(StatusCollection, EndsInTimeAgainstAServerThatNeverAnswers) {
  ocsp_answer = [this]() -> std::optional<std::string> {
    while (!server.stopping()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return std::nullopt;
  };
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(collect().crls.size(), 1u);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace perdura
