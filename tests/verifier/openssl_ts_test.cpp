// Tokens that the `openssl ts` program makes, with certificates and lists that `openssl` makes.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/verifier/reports.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::verifier {
namespace {

using test::outcome;
using test::text;

constexpr const char* configuration = R"(
[ca]
default_ca = the_ca
[the_ca]
database = index.txt
crlnumber = crlnumber
certificate = ca.pem
private_key = ca.key
new_certs_dir = .
serial = serial
default_md = sha256
default_days = 400
default_crl_days = 300
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Test
[ca_ext]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[good]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[wrong_eku]
extendedKeyUsage = critical,codeSigning
[soft_eku]
extendedKeyUsage = timeStamping
[tsa]
default_tsa = the_tsa
[the_tsa]
serial = tsserial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
)";

class OpensslTs : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (std::system("openssl version > /dev/null 2>&1") != 0) return;
    std::string pattern =
        (std::filesystem::temp_directory_path() / "perdura-openssl-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    std::ofstream(folder_ / "o.cnf") << configuration;
    run("touch index.txt; echo 1000 > serial; echo 01 > crlnumber; echo 01 > tsserial");
    run("printf 'a document' > document");
    run("openssl req -config o.cnf -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-keyout ca.key -out ca.pem -subj '/CN=Test Root' -extensions ca_ext -days 800");
    run("openssl req -config o.cnf -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-keyout namesake.key -out namesake.pem -subj '/CN=Test Root' -extensions ca_ext");
    for (const char* kind : {"good", "wrong_eku", "soft_eku"}) make_tsa(kind);
    run("openssl ca -config o.cnf -gencrl -out fresh.crl");
    run("openssl ts -query -data document -sha256 -cert -out query.tsq");
  }
  static void TearDownTestSuite() {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  void SetUp() override {
    if (folder_.empty()) GTEST_SKIP() << "the openssl program is not installed";
  }

  static void run(const std::string& command) {
    const std::string whole = "cd '" + folder_.string() + "' && { " + command + "; } >> log 2>&1";
    EXPECT_EQ(std::system(whole.c_str()), 0) << command;
  }
  static void make_tsa(const std::string& kind) {
    run("openssl req -config o.cnf -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-keyout " +
        kind + ".key -out " + kind + ".csr -subj '/CN=TSA " + kind + "'");
    run("openssl ca -config o.cnf -batch -in " + kind + ".csr -out " + kind +
        ".pem -notext -extensions " + kind);
  }
  // A token over the document. `openssl ts` itself refuses to sign with certificates that are not
  // for it, so those are put in place of a good one afterwards: see with_certificate.
  static Bytes token(const std::string& kind, const std::string& more = "") {
    run("openssl ts -reply -config o.cnf -section the_tsa -queryfile query.tsq -signer " + kind +
        ".pem -inkey " + kind + ".key -token_out " + more + " -out token.der");
    return read("token.der");
  }
  static Bytes read(const std::string& name) {
    std::ifstream in(folder_ / name, std::ios::binary);
    EXPECT_TRUE(in) << name;
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  static Time now() {
    using namespace std::chrono;
    return {duration_cast<seconds>(system_clock::now().time_since_epoch()).count()};
  }
  static JudgeOptions options(const std::string& anchor = "ca.pem") {
    JudgeOptions result;
    result.at = now() + 2;
    result.anchors.certificates = *read_certificates(read(anchor), anchor);
    run("openssl ca -config o.cnf -gencrl -out fresh.crl");
    result.extra_crls = *read_crls(read("fresh.crl"), "fresh.crl");
    return result;
  }
  static Report judge(const Bytes& octets, const JudgeOptions& options) {
    const Digest imprint = hash(DigestAlgorithm::sha256, as_bytes("a document"));
    return TokenJudge(options).judge(octets, options.at, &imprint);
  }

  static std::filesystem::path folder_;
};

std::filesystem::path OpensslTs::folder_;

TEST_F(OpensslTs, ItsTokenPasses) {
  const Bytes octets = token("good");
  const Report report = judge(octets, options());
  EXPECT_EQ(outcome(report), "PASSED") << text(report);
  EXPECT_FALSE(test::has_warning(report)) << text(report);
}

TEST_F(OpensslTs, ItsTokenWithTheWholeChainPasses) {
  const Bytes octets = token("good", "-chain ca.pem");
  const Report report = judge(octets, options());
  EXPECT_EQ(outcome(report), "PASSED") << text(report);
}

TEST_F(OpensslTs, ACaOfTheSameNameIsNotTaken) {
  const Bytes octets = token("good");
  EXPECT_EQ(outcome(judge(octets, options("namesake.pem"))),
            "INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND");
}

TEST_F(OpensslTs, AfterItsCertificateExpiredNothingIsDecided) {
  const Bytes octets = token("good");
  JudgeOptions later = options();
  later.at = now() + 500LL * 86400;
  EXPECT_EQ(outcome(judge(octets, later)), "INDETERMINATE OUT_OF_BOUNDS_NO_POE");
}

TEST_F(OpensslTs, WithAnOldRevocationListNothingIsDecided) {
  const Bytes octets = token("good");
  JudgeOptions later = options();
  later.at = now() + 350LL * 86400;
  EXPECT_EQ(outcome(judge(octets, later)), "INDETERMINATE TRY_LATER");
}

TEST_F(OpensslTs, ARevokedAuthorityFails) {
  make_tsa("good");
  const Bytes octets = token("good");
  run("openssl ca -config o.cnf -revoke good.pem -crl_reason keyCompromise");
  EXPECT_EQ(outcome(judge(octets, options())), "FAILED REVOKED");
  make_tsa("good");
}

TEST_F(OpensslTs, RefusesOctetsAfterTheToken) {
  Bytes octets = token("good");
  octets.push_back(0x30);
  EXPECT_EQ(outcome(judge(octets, options())), "FAILED FORMAT_FAILURE");
}

TEST_F(OpensslTs, AFlippedBitInEachPartIsSeen) {
  Bytes octets = token("good");
  const JudgeOptions judging = options();
  const auto parsed = parse_timestamp_token(octets);
  ASSERT_TRUE(parsed);
  const std::pair<const char*, ByteView> parts[] = {
      {"imprint", parsed->tst_info.hashed_message},
      {"serial number", parsed->tst_info.serial_number},
      {"name of the authority", *parsed->tst_info.tsa},
      {"message digest", *parsed->signer.message_digest},
      {"certificate's hash", parsed->signer.signing_certificate_v2->hash},
      {"signature", parsed->signer.signature},
      {"certificate", parsed->certificates.at(0)},
      {"issuer", parsed->signer.issuer},
  };
  for (const auto& part : parts) {
    const auto at = static_cast<std::size_t>(part.second.data() - octets.data());
    octets[at + part.second.size() / 2] ^= 0x10;
    EXPECT_NE(judge(octets, judging).verdict(), Verdict::passed) << part.first;
    octets[at + part.second.size() / 2] ^= 0x10;
  }
  EXPECT_EQ(outcome(judge(octets, judging)), "PASSED");
}

// `openssl ts` does not sign with a certificate that is not for it, `openssl cms` does.
TEST_F(OpensslTs, ACertificateForAnotherPurposeFails) {
  token("good");
  run("openssl asn1parse -inform DER -in token.der -strparse $(openssl asn1parse -inform DER -in "
      "token.der | awk '/OCTET STRING/ {sub(\":.*\", \"\", $1); print $1; exit}') "
      "-out tst_info.der -noout");
  for (const std::string kind : {"wrong_eku", "soft_eku"}) {
    run("openssl cms -sign -binary -nodetach -econtent_type 1.2.840.113549.1.9.16.1.4 -cades "
        "-in tst_info.der -signer " +
        kind + ".pem -inkey " + kind + ".key -outform DER -out forged.der -md sha256");
    const Report report = judge(read("forged.der"), options());
    EXPECT_EQ(outcome(report), "FAILED CERTIFICATE_FAILURE") << text(report);
  }
  run("openssl cms -sign -binary -nodetach -econtent_type 1.2.840.113549.1.9.16.1.4 -cades "
      "-in tst_info.der -signer good.pem -inkey good.key -outform DER -out cms.der -md sha256");
  EXPECT_EQ(outcome(judge(read("cms.der"), options())), "PASSED");
}

}  // namespace
}  // namespace perdura::verifier
