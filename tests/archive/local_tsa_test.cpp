// The local TSA, judged by `openssl ts -verify` and by our own verifier.
#include "archive/local_tsa.hpp"

#include <gtest/gtest.h>
#include <openssl/cms.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "archive/openssl_handles.hpp"
#include "archive/time_stamp_protocol.hpp"
#include "tests/archive/outside_world.hpp"
#include "verifier/texts.hpp"
#include "verifier/timestamp_token.hpp"
#include "verifier/verify_token.hpp"

namespace perdura {
namespace {

using archive::LocalTsa;
using archive::ManualClock;
using tests::shell;
using verifier::Bytes;
using verifier::Digest;
using verifier::DigestAlgorithm;
using verifier::Time;

constexpr char document[] = "a record";

class LocalTsaTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = archive::create_local_tsa(dir, "Krankenhaus Nord \xC3\x9C", clock);
    ASSERT_TRUE(made) << to_string(made.error());
    tsa = open();
    ASSERT_TRUE(tsa);
    tests::write_text(folder / "document", document);
  }
  std::unique_ptr<LocalTsa> open(std::string_view passphrase = {}) {
    auto opened = LocalTsa::open(dir, clock, passphrase);
    if (opened) return *std::move(opened);
    error = opened.error();
    return nullptr;
  }
  Bytes stamp(DigestAlgorithm algorithm = DigestAlgorithm::sha256) {
    auto token = tsa->stamp(algorithm, verifier::hash(algorithm, verifier::as_bytes(document)));
    EXPECT_TRUE(token);
    return token ? *token : Bytes();
  }
  // What `openssl ts -verify` says of a token over the document at the Clock's time.
  std::string openssl_verify(const Bytes& token) {
    tests::write_octets(folder / "token", token);
    return shell("cd " + folder.path().string() +
                 " && openssl ts -verify -data document -in token -token_in -CAfile tsa/ca.pem" +
                 " -attime " + std::to_string(clock.now().seconds))
        .output;
  }

  ManualClock clock{*verifier::parse_time("2041-06-01T12:00:00Z")};
  tests::TemporaryFolder folder;
  std::filesystem::path dir = folder / "tsa";
  std::unique_ptr<LocalTsa> tsa;
  verifier::Error error;
};

class LocalTsaAlgorithm : public LocalTsaTest,
                          public testing::WithParamInterface<DigestAlgorithm> {};

TEST_P(LocalTsaAlgorithm, StampsAreAcceptedByOpenssl) {
  EXPECT_NE(openssl_verify(stamp(GetParam())).find("Verification: OK"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(, LocalTsaAlgorithm,
                         testing::Values(DigestAlgorithm::sha256, DigestAlgorithm::sha384,
                                         DigestAlgorithm::sha512, DigestAlgorithm::sha3_256,
                                         DigestAlgorithm::sha3_384, DigestAlgorithm::sha3_512),
                         [](const auto& row) {
                           std::string name(verifier::name(row.param));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(LocalTsaAlgorithm, StampsPassOurVerifierWithTheCaAsAnchor) {
  clock.set(clock.now() + 86'400);
  const Bytes token = stamp(GetParam());
  const auto anchors = verifier::read_certificates(tests::read_octets(dir / "ca.pem"), "ca.pem");
  ASSERT_TRUE(anchors);
  const verifier::TokenJudge judge({.anchors = {*anchors},
                                    .at = clock.now() + 9 * 31'536'000,
                                    .revocation = verifier::RevocationMode::required,
                                    .extra_certificates = {},
                                    .extra_crls = {},
                                    .accompanying_crls = {},
                                    .accompanying_ocsp_responses = {}});
  const Digest imprint = verifier::hash(GetParam(), verifier::as_bytes(document));
  const verifier::Report report = judge.judge(token, judge.options().at, &imprint);
  EXPECT_EQ(report.verdict(), verifier::Verdict::passed)
      << (report.decisive() != nullptr ? verifier::in_english(report.decisive()->what) : "");
}

// The token that the format document shows, made by tests/vectors/local_tsa/make.sh.
TEST(LocalTsaVector, PassesOurVerifierAndOpenssl) {
  const std::filesystem::path vectors = PERDURA_SOURCE_DIR "/tests/vectors/local_tsa";
  const auto anchors =
      verifier::read_certificates(tests::read_octets(vectors / "ca.pem"), "ca.pem");
  ASSERT_TRUE(anchors);
  const verifier::TokenJudge judge({.anchors = {*anchors},
                                    .at = *verifier::parse_time("2030-01-01"),
                                    .revocation = verifier::RevocationMode::required,
                                    .extra_certificates = {},
                                    .extra_crls = {},
                                    .accompanying_crls = {},
                                    .accompanying_ocsp_responses = {}});
  const Digest imprint =
      verifier::hash(DigestAlgorithm::sha256, tests::read_octets(vectors / "document.txt"));
  const Bytes token = tests::read_octets(vectors / "token.der");
  EXPECT_EQ(judge.judge(token, judge.options().at, &imprint).verdict(), verifier::Verdict::passed);
  const auto openssl = shell("cd '" + vectors.string() +
                             "' && openssl ts -verify -data document.txt -in token.der -token_in "
                             "-CAfile ca.pem -attime 1900000000");
  EXPECT_NE(openssl.output.find("Verification: OK"), std::string::npos) << openssl.output;
}

TEST_F(LocalTsaTest, StampsStateTheClocksTimeAndNoOther) {
  const Bytes octets = stamp();
  const auto token = verifier::parse_timestamp_token(octets);
  ASSERT_TRUE(token) << to_string(token.error());
  EXPECT_EQ(token->tst_info.gen_time, clock.now());
  EXPECT_EQ(token->tst_info.accuracy_micros, 1'000'000);
  // id-signingTime 1.2.840.113549.1.9.5
  constexpr std::string_view signing_time = "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x05";
  EXPECT_EQ(verifier::as_text(octets).find(signing_time), std::string_view::npos);
}

TEST_F(LocalTsaTest, TokensHoldBothCertificatesAndAListAsOldAsThemselves) {
  clock.set(clock.now() + 86'400);
  const Bytes octets = stamp();
  const auto token = verifier::parse_timestamp_token(octets);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->certificates.size(), 2u);
  ASSERT_EQ(token->crls.size(), 1u);
  const auto crl = archive::read_crl(token->crls[0]);
  ASSERT_TRUE(crl);
  const auto matches = [](const ASN1_TIME* written, const char* text) {
    return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(written))) == text;
  };
  EXPECT_TRUE(matches(X509_CRL_get0_lastUpdate(crl.get()), "410602120000Z"));
  EXPECT_TRUE(matches(X509_CRL_get0_nextUpdate(crl.get()), "20510602000000Z"));
}

TEST_F(LocalTsaTest, TokensAreDerThroughout) {
  const Bytes octets = stamp();
  const unsigned char* at = octets.data();
  const archive::OpensslHandle<CMS_ContentInfo, CMS_ContentInfo_free> cms(
      d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(octets.size())));
  ASSERT_TRUE(cms);
  EXPECT_EQ(archive::openssl_der(i2d_CMS_ContentInfo, cms.get()), octets);
}

TEST_F(LocalTsaTest, SerialNumbersAreNeverTheSame) {
  std::set<Bytes> serials;
  for (int i = 0; i < 200; ++i) {
    const Bytes octets = stamp();
    const auto token = verifier::parse_timestamp_token(octets);
    ASSERT_TRUE(token);
    serials.insert(verifier::to_bytes(token->tst_info.serial_number));
  }
  EXPECT_EQ(serials.size(), 200u);
}

TEST_F(LocalTsaTest, StampsOnSeveralThreadsAtATime) {
  std::vector<std::jthread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) {
        const Digest imprint = verifier::hash(DigestAlgorithm::sha512, verifier::as_bytes("x"));
        if (tsa->stamp(DigestAlgorithm::sha512, imprint)) ++good;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(good, 200);
}

TEST_F(LocalTsaTest, SaysThatItIsSelfAsserted) {
  EXPECT_TRUE(tsa->self_asserted());
  EXPECT_EQ(tsa->name(), "local");
  EXPECT_EQ(tsa->description(),
            "CN=Perdura local time-stamp authority (self-asserted),O=Krankenhaus Nord \xC3\x9C");
}

TEST_F(LocalTsaTest, KeysAreForTheirOwnerAlone) {
  for (const char* key : {"ca-1.key", "tsa-1.key"}) {
    struct stat status {};
    ASSERT_EQ(::stat((dir / key).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
  }
  ASSERT_EQ(::chmod((dir / "ca-1.key").c_str(), 0640), 0);
  EXPECT_FALSE(open());
  EXPECT_EQ(error.what, "others than its owner may read this key");
  EXPECT_EQ(error.where, (dir / "ca-1.key").string());
}

TEST_F(LocalTsaTest, IsNeverOverwritten) {
  const std::string before = tests::read_text(dir / "ca.pem");
  const auto again = archive::create_local_tsa(dir, "Another", clock);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, verifier::Errc::conflict);
  EXPECT_EQ(tests::read_text(dir / "ca.pem"), before);
  // Nothing else was left beside it.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);
}

TEST_F(LocalTsaTest, IsMadeInAnEmptyFolderToo) {
  std::filesystem::create_directory(folder / "empty");
  EXPECT_TRUE(archive::create_local_tsa(folder / "empty", "Another", clock));
  EXPECT_TRUE(LocalTsa::open(folder / "empty", clock));
}

TEST_F(LocalTsaTest, OpensWithItsPassphraseAlone) {
  dir = folder / "sealed";
  ASSERT_TRUE(archive::create_local_tsa(dir, "Hospital", clock, "correct horse"));
  EXPECT_FALSE(open());
  EXPECT_EQ(error.what, "the key is protected by a passphrase");
  EXPECT_FALSE(open("wrong horse"));
  EXPECT_EQ(error.what, "the key cannot be opened with this passphrase");
  EXPECT_TRUE(open("correct horse"));
  const auto openssl =
      shell("openssl pkey -noout -passin 'pass:correct horse' -in " + (dir / "tsa-1.key").string());
  EXPECT_EQ(openssl.exit_code, 0) << openssl.output;
}

TEST_F(LocalTsaTest, RefusesAMissingForeignOrDamagedFile) {
  ASSERT_TRUE(archive::create_local_tsa(folder / "other", "Other", clock));
  std::filesystem::copy_file(folder / "other" / "tsa-1.key", dir / "tsa-1.key",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_FALSE(open());
  EXPECT_EQ(error.what, "this key is not that of tsa-1.pem");
  tests::write_text(dir / "tsa-1.key", "nonsense");
  EXPECT_FALSE(open());
  EXPECT_EQ(error.code, verifier::Errc::malformed);
  std::filesystem::remove(dir / "tsa-1.pem");
  EXPECT_FALSE(open());
  EXPECT_EQ(error.code, verifier::Errc::not_found);
  EXPECT_EQ(error.where, (dir / "tsa-1.pem").string());
}

TEST_F(LocalTsaTest, RefusesNamesThatDoNotFitIntoACertificate) {
  for (const std::string& name :
       {std::string(), std::string(65, 'x'), std::string("a\nb"), std::string("\xFF")}) {
    const auto made = archive::create_local_tsa(folder / "new", name, clock);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, verifier::Errc::misuse);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "new"));
}

TEST_F(LocalTsaTest, StampsOnlyWhileItsCertificateIsValid) {
  const Digest imprint = verifier::hash(DigestAlgorithm::sha256, verifier::as_bytes(document));
  const Time made = clock.now();
  clock.set(made + -3601);
  EXPECT_FALSE(tsa->stamp(DigestAlgorithm::sha256, imprint));
  clock.set(*verifier::parse_time("2051-06-01T23:59:59Z"));
  EXPECT_TRUE(tsa->stamp(DigestAlgorithm::sha256, imprint));
  clock.set(*verifier::parse_time("2051-06-03T00:00:00Z"));
  const auto late = tsa->stamp(DigestAlgorithm::sha256, imprint);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, verifier::Errc::conflict);
  EXPECT_EQ(late.error().hint, "roll it over ('perdura tsa roll-over'), or add another");
}

TEST_F(LocalTsaTest, DoesNotStampWithHashesThatAreUnfit) {
  const Digest imprint = verifier::hash(DigestAlgorithm::sha1, verifier::as_bytes(document));
  const auto token = tsa->stamp(DigestAlgorithm::sha1, imprint);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, verifier::Errc::unsupported);
}

// openssl ts -query -digest 00...00 -sha256 and what becomes of its answer.
TEST_F(LocalTsaTest, AnswersOpensslsQuestions) {
  for (const char* options : {"-sha256 -cert", "-sha512 -cert", "-sha256 -cert -no_nonce",
                              "-sha256 -cert -tspolicy "
                              "2.25.282762102668309421295128334682097837211"}) {
    const std::string in_folder = "cd " + folder.path().string() + " && openssl ts ";
    ASSERT_EQ(shell(in_folder + "-query -data document -out q " + options).exit_code, 0);
    const auto answer = tsa->answer(tests::read_octets(folder / "q"));
    ASSERT_TRUE(answer);
    tests::write_octets(folder / "r", *answer);
    const auto verified =
        shell(in_folder + "-verify -queryfile q -in r -CAfile tsa/ca.pem -attime " +
              std::to_string(clock.now().seconds));
    EXPECT_NE(verified.output.find("Verification: OK"), std::string::npos) << options << '\n'
                                                                           << verified.output;
  }
}

TEST_F(LocalTsaTest, RejectsInTheResponseWhatItCannotAnswer) {
  constexpr struct {
    const char* options;
    const char* reason;
  } rows[] = {
      {"-sha1 -cert", "badAlg"},
      {"-sha256 -tspolicy 1.2.3.4", "unacceptedPolicy"},
  };
  for (const auto& row : rows) {
    const std::string q = (folder / "q").string();
    ASSERT_EQ(shell("openssl ts -query -data " + (folder / "document").string() + " -out " + q +
                    " " + row.options)
                  .exit_code,
              0);
    const auto answer = tsa->answer(tests::read_octets(q));
    ASSERT_TRUE(answer);
    const auto read = archive::read_answer(*answer, {}, clock.now(), 300);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().what.find(row.reason), std::string::npos) << read.error().what;
  }
  const auto answer = tsa->answer(verifier::as_bytes("nonsense"));
  ASSERT_TRUE(answer);
  const auto read = archive::read_answer(*answer, {}, clock.now(), 300);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().what.find("badDataFormat"), std::string::npos) << read.error().what;
}

}  // namespace
}  // namespace perdura
