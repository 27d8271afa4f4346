// Certificates and CRLs are inserted around the signed parts, which keep their octets.
#include "archive/validation_data.hpp"

#include <gtest/gtest.h>
#include <openssl/cms.h>

#include <algorithm>

#include "archive/key_kind.hpp"
#include "archive/local_ca.hpp"
#include "archive/local_tsa.hpp"
#include "archive/openssl_handles.hpp"
#include "archive/time_stamp_protocol.hpp"
#include "tests/archive/outside_world.hpp"
#include "verifier/der.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura {
namespace {

namespace tag = verifier::tag;
using archive::insert_validation_data;
using verifier::Bytes;
using verifier::ByteView;
using verifier::DigestAlgorithm;
using verifier::to_bytes;

// The same elements with indefinite lengths from the ContentInfo down to `depth` levels, as makers
// of BER write them: ContentInfo, [0], SignedData, and the sets in it.
Bytes with_indefinite_lengths(ByteView der, int depth) {
  verifier::DerInput input(der);
  verifier::DerReader top = input.reader();
  Bytes out;
  while (top.more()) {
    const ByteView element = top.any();
    if (depth == 0 || (element[0] & 0x20) == 0) {
      out.insert(out.end(), element.begin(), element.end());
      continue;
    }
    verifier::DerInput inner_input(element);
    verifier::DerReader inner = inner_input.reader();
    const Bytes contents =
        with_indefinite_lengths(inner.constructed(element[0]).contents(), depth - 1);
    out.insert(out.end(), {element[0], 0x80});
    out.insert(out.end(), contents.begin(), contents.end());
    out.insert(out.end(), {0, 0});
  }
  return out;
}

class ValidationData : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(archive::create_local_tsa(folder / "tsa", "Hospital", clock));
    auto opened = archive::LocalTsa::open(folder / "tsa", clock);
    ASSERT_TRUE(opened);
    tsa = *std::move(opened);
    question.imprint = verifier::hash(question.algorithm, verifier::as_bytes("a record"));
    question.nonce = {1};
    bare = ask(false);
    full = ask(true);
    ASSERT_FALSE(bare.empty());
    ASSERT_FALSE(full.empty());
    const auto read = verifier::parse_timestamp_token(full);
    ASSERT_TRUE(read);
    for (const ByteView each : read->certificates) certificates.push_back(to_bytes(each));
    for (const ByteView each : read->crls) crls.push_back(to_bytes(each));
  }
  Bytes ask(bool with_certificates) {
    question.certificates = with_certificates;
    const auto answer = tsa->answer(archive::write_question(question));
    if (!answer) return {};
    // Sliced by hand: read_answer() refuses a token without certificates, as it must.
    verifier::DerInput input(*answer);
    verifier::DerReader top = input.reader();
    verifier::DerReader response = top.constructed(tag::sequence);
    response.any();
    return to_bytes(response.any());
  }
  archive::CertificateOrder order_for(const std::string& organisation) const {
    return {.organisation = organisation, .from = clock.now(), .until = clock.now() + 86'400};
  }
  // Whether OpenSSL finds the signature intact with the certificates inside.
  static bool signature_holds(const Bytes& token) {
    const unsigned char* at = token.data();
    const archive::OpensslHandle<CMS_ContentInfo, CMS_ContentInfo_free> cms(
        d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(token.size())));
    return cms && CMS_verify(cms.get(), nullptr, nullptr, nullptr, nullptr,
                             CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) == 1;
  }

  archive::ManualClock clock{*verifier::parse_time("2026-12-01T00:00:00Z")};
  tests::TemporaryFolder folder;
  std::unique_ptr<archive::LocalTsa> tsa;
  archive::TimeStampQuestion question;
  Bytes bare, full;  // without certificates and CRL, with them
  std::vector<Bytes> certificates, crls;
};

TEST_F(ValidationData, IsInsertedInDerOrderAndTheSignatureStillHolds) {
  // In either order of insertion: a DER set has one order alone.
  for (const bool reversed : {false, true}) {
    if (reversed) std::swap(certificates[0], certificates[1]);
    const auto token = insert_validation_data(bare, certificates, crls);
    ASSERT_TRUE(token) << to_string(token.error());
    EXPECT_TRUE(signature_holds(*token));
    const unsigned char* at = token->data();
    const archive::OpensslHandle<CMS_ContentInfo, CMS_ContentInfo_free> cms(
        d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(token->size())));
    ASSERT_TRUE(cms);
    EXPECT_EQ(archive::openssl_der(i2d_CMS_ContentInfo, cms.get()), *token);
    EXPECT_EQ(*archive::certificates_of(*token), *archive::certificates_of(full));
  }
}

TEST_F(ValidationData, IsInsertedOneByOneAsWellAsAtOnce) {
  const auto first = insert_validation_data(bare, {certificates[1]}, {});
  ASSERT_TRUE(first);
  const auto second = insert_validation_data(*first, {}, crls);
  ASSERT_TRUE(second);
  const auto third = insert_validation_data(*second, {certificates[0]}, {});
  ASSERT_TRUE(third);
  EXPECT_EQ(*third, *insert_validation_data(bare, certificates, crls));
}

TEST_F(ValidationData, ThatIsThereAlreadyChangesNothing) {
  EXPECT_EQ(*insert_validation_data(full, certificates, crls), full);
  EXPECT_EQ(*insert_validation_data(bare, {}, {}), bare);
}

TEST_F(ValidationData, SignedPartsKeepTheirOctets) {
  const auto token = insert_validation_data(bare, certificates, crls);
  const auto before = verifier::parse_timestamp_token(bare);
  const auto after = verifier::parse_timestamp_token(*token);
  ASSERT_TRUE(before && after);
  EXPECT_TRUE(verifier::equal(before->content, after->content));
  EXPECT_TRUE(verifier::equal(before->signer.encoding, after->signer.encoding));
}

// Nothing looks into what is to be inserted, so any SEQUENCE will do for a response.
TEST_F(ValidationData, OcspResponsesGoIntoRevocationValuesWhereOpensslReadsOnOverThem) {
  const std::vector<Bytes> responses = {{0x30, 0x01, 0x00}, {0x30, 0x02, 0x05, 0x00}};
  const auto first = insert_validation_data(full, {}, {}, {responses[0]});
  ASSERT_TRUE(first) << to_string(first.error());
  const auto token = insert_validation_data(*first, {}, {}, {responses[1], responses[0]});
  ASSERT_TRUE(token) << to_string(token.error());
  EXPECT_EQ(*token, *insert_validation_data(full, {}, {}, responses));
  EXPECT_EQ(*token, *insert_validation_data(*token, {}, {}, responses));
  EXPECT_TRUE(signature_holds(*token));
  const auto read = verifier::parse_timestamp_token(*token);
  ASSERT_TRUE(read) << to_string(read.error());
  ASSERT_EQ(read->ocsp_responses.size(), 2u);
  EXPECT_TRUE(verifier::equal(read->ocsp_responses[0], responses[0]));
  EXPECT_TRUE(verifier::equal(read->ocsp_responses[1], responses[1]));
  EXPECT_EQ(read->version, 3u);
  tests::write_octets(folder / "token", *token);
  tests::write_text(folder / "document", "a record");
  const auto openssl = tests::shell("cd " + folder.path().string() +
                                    " && openssl ts -verify -data document -in token -token_in "
                                    "-CAfile tsa/ca.pem -attime 1796083300");
  EXPECT_NE(openssl.output.find("Verification: OK"), std::string::npos) << openssl.output;
}

TEST_F(ValidationData, OcspResponsesGoIntoASignerOfIndefiniteLengthToo) {
  const Bytes with_response = *insert_validation_data(bare, {}, {}, {{0x30, 0x00}});
  const auto loose = with_indefinite_lengths(with_response, 5);
  const auto token = insert_validation_data(loose, certificates, {}, {{0x30, 0x01, 0x00}});
  ASSERT_TRUE(token) << to_string(token.error());
  EXPECT_TRUE(signature_holds(*token));
  const auto read = verifier::parse_timestamp_token(*token);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->ocsp_responses.size(), 2u);
}

TEST_F(ValidationData, KeepsIndefiniteLengthsAsTheyAre) {
  for (int depth = 1; depth <= 4; ++depth) {
    const Bytes loose = with_indefinite_lengths(bare, depth);
    EXPECT_EQ(*insert_validation_data(loose, {}, {}), loose);
    const auto token = insert_validation_data(loose, certificates, crls);
    ASSERT_TRUE(token) << to_string(token.error());
    EXPECT_EQ(loose[1], 0x80);
    EXPECT_EQ((*token)[1], 0x80);
    EXPECT_TRUE(signature_holds(*token)) << depth;
    const auto read = verifier::parse_timestamp_token(*token);
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(read->certificates.size(), 2u);
    EXPECT_EQ(read->crls.size(), 1u);
  }
}

TEST_F(ValidationData, GoesToTheEndOfASetThatIsNotInOrder) {
  // The same token with its two certificates swapped, as OpenSSL writes them in places.
  Bytes swapped = full;
  const Bytes& a = certificates[0];
  const Bytes& b = certificates[1];
  const auto at = std::search(swapped.begin(), swapped.end(), a.begin(), a.end());
  ASSERT_NE(at, swapped.end());
  std::copy(a.begin(), a.end(), std::copy(b.begin(), b.end(), at));
  const archive::KeyHandle key = *archive::new_key(*archive::key_kind("p-256"));
  const auto other = archive::make_ca_certificate(key.get(), order_for("A"));
  const Bytes third = archive::openssl_der(i2d_X509, other.get());
  const auto token = insert_validation_data(swapped, {third}, {});
  ASSERT_TRUE(token);
  EXPECT_EQ(*archive::certificates_of(*token), (std::vector<Bytes>{b, a, third}));
}

TEST_F(ValidationData, RefusesWhatIsNoTokenAndWhatIsNotOneElement) {
  EXPECT_FALSE(insert_validation_data({}, certificates, crls));
  EXPECT_FALSE(insert_validation_data(verifier::as_bytes("nonsense"), certificates, crls));
  for (std::size_t size = 0; size < bare.size(); ++size) {
    EXPECT_FALSE(insert_validation_data(ByteView(bare).first(size), certificates, crls));
  }
  Bytes trailing = certificates[0];
  trailing.push_back(0);
  const auto token = insert_validation_data(bare, {certificates[1], trailing}, {});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().where, "number 2 of those to be put into the token");
}

TEST_F(ValidationData, ChainIsCollectedByNameAndSignature) {
  const auto ca = archive::certificate_from_pem(tests::read_text(folder / "tsa" / "ca.pem"));
  const auto leaf = archive::certificate_from_pem(tests::read_text(folder / "tsa" / "tsa-1.pem"));
  ASSERT_TRUE(ca && leaf);
  const Bytes ca_der = archive::openssl_der(i2d_X509, ca->get());
  const Bytes leaf_der = archive::openssl_der(i2d_X509, leaf->get());
  // Another CA of the same name has not signed it.
  const archive::KeyHandle key = *archive::new_key(*archive::key_kind("p-256"));
  const auto namesake = archive::make_ca_certificate(key.get(), order_for("Hospital"));
  const Bytes namesake_der = archive::openssl_der(i2d_X509, namesake.get());
  EXPECT_EQ(archive::collect_chain(leaf_der, {namesake_der, leaf_der, ca_der}),
            (std::vector<Bytes>{ca_der}));
  EXPECT_TRUE(archive::collect_chain(leaf_der, {namesake_der}).empty());
  EXPECT_TRUE(archive::collect_chain(ca_der, {ca_der}).empty());
  EXPECT_TRUE(archive::collect_chain(verifier::Bytes{1, 2}, {ca_der}).empty());
}

}  // namespace
}  // namespace perdura
