// Any octets as a TSA's answer, as a question to one, and as a token to insert into: reading ends,
// a token that is taken is a part of the answer as it came, and what is inserted into a token is
// found in it afterwards while the signed parts keep their octets.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "archive/time_stamp_protocol.hpp"
#include "archive/validation_data.hpp"
#include "verifier/timestamp_token.hpp"

namespace {

using perdura::verifier::Bytes;
using perdura::verifier::ByteView;

void require(bool holds) {
  if (!holds) std::abort();
}

void insert_into(ByteView token) {
  const Bytes certificate = {0x30, 0x03, 0x02, 0x01, 0x01};
  const Bytes response = {0x30, 0x03, 0x02, 0x01, 0x02};
  const auto grown = perdura::archive::insert_validation_data(token, {certificate}, {}, {response});
  if (!grown) return;
  const auto inside = perdura::archive::certificates_of(*grown);
  require(static_cast<bool>(inside));
  require(std::find(inside->begin(), inside->end(), certificate) != inside->end());
  const auto before = perdura::verifier::parse_timestamp_token(token);
  const auto after = perdura::verifier::parse_timestamp_token(*grown);
  if (!before || !after) return;
  require(perdura::verifier::equal(before->content, after->content));
  require(
      perdura::verifier::equal(before->signer.signed_attributes, after->signer.signed_attributes));
  require(perdura::verifier::equal(before->signer.signature, after->signer.signature));
  const auto& responses = after->ocsp_responses;
  require(std::any_of(responses.begin(), responses.end(),
                      [&](ByteView each) { return perdura::verifier::equal(each, response); }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  // The corpus answers this: SHA-256, 32 zero octets, no nonce.
  perdura::archive::TimeStampQuestion question;
  question.imprint = perdura::verifier::Digest(Bytes(32, 0));
  const auto token = perdura::archive::read_answer(input, question, {}, 2'147'483'647);
  if (token) {
    require(std::search(input.begin(), input.end(), token->begin(), token->end()) != input.end());
    insert_into(*token);
  }
  insert_into(input);
  const auto asked = perdura::archive::read_question(input);
  if (const auto* read = std::get_if<perdura::archive::TimeStampQuestion>(&asked)) {
    require(!perdura::archive::write_question(*read).empty());
  }
  return 0;
}
