// Checkpoints, receipts and proofs as texts.
#include <gtest/gtest.h>

#include "vector_files.hpp"
#include "verifier/checkpoint.hpp"
#include "verifier/merkle_log.hpp"
#include "verifier/receipt.hpp"
#include "verifier/statement.hpp"

namespace perdura::verifier {
namespace {

class Journal : public testing::Test {
 protected:
  // A log of two entries: the deposit of the minimal statement, and another.
  Journal() {
    receipt_.record = record_id(tests::vector_text("statement/minimal.json"));
    receipt_.entry = {
        write_journal_act({"deposit", "his-interface", receipt_.record, Time{1'800'000'000}}),
        Bytes(32, 0x33)};
    const Digest other = leaf_hash(as_bytes("another entry"));
    receipt_.index = 0;
    receipt_.proof = {other};
    root_ = interior_hash(journal_leaf(receipt_.entry), other);
    note_ = key_->sign(write_checkpoint({"archive.example.org", 2, root_}));
    receipt_.checkpoint = note_;
  }
  static Verdict verdict(const Receipt& receipt, const NoteVerifier& verifier) {
    return judge_receipt(receipt, &verifier).verdict();
  }

  // The seed is 32 octets 0x42: for tests alone.
  Result<NoteKey> key_ = NoteKey::from_seed("archive.example.org", Bytes(32, 0x42));
  Result<NoteVerifier> verifier_ = NoteVerifier::from_vkey(key_->vkey());
  Digest root_;
  std::string note_;
  Receipt receipt_;
};

TEST_F(Journal, IsWrittenAsTheVectorsSay) {
  tests::expect_vector("journal/log_key.txt", key_->vkey() + "\n");
  tests::expect_vector("journal/checkpoint", note_);
  tests::expect_vector("journal/receipt.json", write_receipt(receipt_));
  const TlogProof proof{to_bytes(as_bytes("7")), 0, receipt_.proof, note_};
  tests::expect_vector("journal/deposit.tlog-proof", write_tlog_proof(proof));
}

TEST_F(Journal, ReadsItsCheckpoint) {
  const auto checkpoint = parse_signed_checkpoint(note_, *verifier_);
  ASSERT_TRUE(checkpoint) << to_string(checkpoint.error());
  EXPECT_EQ(*checkpoint, (Checkpoint{"archive.example.org", 2, root_}));
}

TEST_F(Journal, RefusesACheckpointWithAnyBitFlipped) {
  for (std::size_t at = 0; at < note_.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string other = note_;
      other[at] = static_cast<char>(other[at] ^ (1 << bit));
      EXPECT_FALSE(parse_signed_checkpoint(other, *verifier_)) << at << " " << bit;
    }
  }
}

TEST_F(Journal, LeavesSignaturesOfOtherKeysAlone) {
  const auto witness = NoteKey::generate("witness.example.com");
  const auto text = parse_note(note_)->text;
  const std::string line = witness->sign(text).substr(text.size() + 1);
  EXPECT_TRUE(parse_signed_checkpoint(note_ + line, *verifier_));
  EXPECT_FALSE(parse_signed_checkpoint(witness->sign(text), *verifier_));
  const auto namesake = NoteKey::generate("archive.example.org");
  const std::string rolled = namesake->sign(text).substr(text.size() + 1);
  EXPECT_TRUE(parse_signed_checkpoint(note_ + rolled, *verifier_));
  EXPECT_FALSE(parse_signed_checkpoint(namesake->sign(text), *verifier_));
}

TEST_F(Journal, RefusesNotesThatAreNotOfTheirForm) {
  const std::string signature = "\u2014 a AAAAAAA=\n";
  for (const std::string& note : std::vector<std::string>{
           "", "\n", "text\n", "text\n\n", "text\n" + signature, "text\n\n" + signature + "more\n",
           "text\n\n\u2014 a AAAA\n", "text\n\n\u2014 a+b AAAAAAA=\n", "text\n\n- a AAAAAAA=\n",
           "te\x01xt\n\n" + signature, "te\xFFxt\n\n" + signature,
           "text\n\n" + signature.substr(0, signature.size() - 1)}) {
    EXPECT_FALSE(parse_note(note)) << note;
  }
  std::string many = "text\n\n";
  for (int i = 0; i < 64; ++i) many += signature;
  EXPECT_TRUE(parse_note(many));
  EXPECT_FALSE(parse_note(many + signature));
  EXPECT_TRUE(parse_note("text\n\n" + signature));
  EXPECT_FALSE(parse_note(std::string(70'000, 'a') + "\n\n" + signature));
}

TEST_F(Journal, RefusesCheckpointsThatAreNotOfTheirForm) {
  const std::string root = to_base64(root_.view());
  for (const std::string& text : std::vector<std::string>{
           "o\n2\n", "\n2\n" + root + "\n", "o\n02\n" + root + "\n", "o\n-2\n" + root + "\n",
           "o\n18446744073709551616\n" + root + "\n", "o\n2\n" + root.substr(4) + "\n",
           "o\n2\n" + root + "\n\nx\n", "o\n2 \n" + root + "\n", "o\n2\n*\n"}) {
    EXPECT_FALSE(parse_checkpoint_unverified(key_->sign(text))) << text;
  }
  EXPECT_TRUE(parse_checkpoint_unverified(key_->sign("o\n2\n" + root + "\nextension\n")));
  // Signed by the key, but of another log.
  EXPECT_FALSE(parse_signed_checkpoint(key_->sign("o\n2\n" + root + "\n"), *verifier_));
}

TEST_F(Journal, RefusesKeysThatAreNotOfTheirForm) {
  const std::string vkey = key_->vkey();
  EXPECT_EQ(verifier_->vkey(), vkey);
  std::string other_id = vkey;
  other_id[20] = other_id[20] == '0' ? '1' : '0';
  for (const std::string& text : std::vector<std::string>{
           "", "a", vkey.substr(0, 30), other_id, vkey + "A", " " + vkey, "+" + vkey, "a+12345678+",
           "a+12345678+*", "a+12345678+AQ==", "a+12345678+Ag==", "\x7F" + vkey,
           std::string(256, 'a') + vkey}) {
    EXPECT_FALSE(NoteVerifier::from_vkey(text)) << text;
  }
  EXPECT_FALSE(NoteKey::generate("with space"));
  EXPECT_FALSE(NoteKey::generate("with+plus"));
  EXPECT_FALSE(NoteKey::generate(""));
  EXPECT_FALSE(NoteKey::generate(std::string(256, 'a')));
  EXPECT_FALSE(NoteKey::generate("\u00e4"));
  EXPECT_FALSE(NoteKey::from_seed("a", Bytes(31)));
  EXPECT_EQ(NoteKey::from_seed("a", key_->seed())->seed(), Bytes(32, 0x42));
}

TEST_F(Journal, HoldsItsReceipt) {
  const auto read = parse_receipt(write_receipt(receipt_));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(verdict(*read, *verifier_), Verdict::passed);
  EXPECT_TRUE(parse_receipt(write_receipt(receipt_) + "\n"));
  EXPECT_FALSE(parse_receipt(write_receipt(receipt_) + "\n\n"));
  EXPECT_EQ(judge_receipt(*read, nullptr).verdict(), Verdict::indeterminate);
}

TEST_F(Journal, FailsAReceiptThatWasSpoilt) {
  const auto spoilt = [this](const auto& spoil) {
    Receipt receipt = receipt_;
    spoil(receipt);
    return verdict(receipt, *verifier_);
  };
  EXPECT_EQ(spoilt([](Receipt& r) { r.record[0] = r.record[0] == 'a' ? 'b' : 'a'; }),
            Verdict::failed);
  EXPECT_EQ(spoilt([](Receipt& r) { r.index = 1; }), Verdict::failed);
  EXPECT_EQ(spoilt([](Receipt& r) { r.proof.clear(); }), Verdict::failed);
  EXPECT_EQ(spoilt([](Receipt& r) { r.proof.push_back(r.proof[0]); }), Verdict::failed);
  EXPECT_EQ(spoilt([](Receipt& r) { r.entry.salt[31] ^= 1; }), Verdict::failed);
  EXPECT_EQ(spoilt([](Receipt& r) { r.checkpoint.clear(); }), Verdict::failed);
  EXPECT_EQ(spoilt([](Receipt& r) { r.entry.text = "{}"; }), Verdict::failed);
  EXPECT_EQ(
      spoilt([](Receipt& r) { r.entry.text.replace(r.entry.text.find("deposit"), 7, "destroy"); }),
      Verdict::failed);
}

TEST_F(Journal, RefusesReceiptsThatAreNotOfTheirForm) {
  const std::string good = write_receipt(receipt_);
  const std::string first = "\"" + to_base64(receipt_.proof[0].view()) + "\"";
  const auto with = [&](const std::string& find, const std::string& replace) {
    std::string text = good;
    text.replace(text.find(find), find.size(), replace);
    return text;
  };
  std::string many = "\"proof\":[";
  for (int i = 0; i < 65; ++i) many += first + ",";
  const std::pair<std::string, std::string> refused[] = {
      {with("receipt/1", "receipt/2"), "version"},
      {with(first, "1"), "holds what is not base64 of 32 octets"},
      {with(first, "\"AAAA\""), "holds what is not base64 of 32 octets"},
      {with(first, "\"*\""), "holds what is not base64 of 32 octets"},
      {with("\"proof\":[", many), "more than"},
      {with("\"proof\":[" + first + "]", "\"proof\":{}"), "not an array"},
      {with("\"record\":\"" + receipt_.record, "\"record\":\"" + std::string(64, 'G')),
       "hex digits"},
      {with("\"index\":0", "\"index\":-1"), "index"},
      {with("\"index\":0", "\"index\":\"0\""), "index"},
      {with("\"salt\":\"", "\"salt\":\"AAAA"), "32 octets"},
      {with("\"salt\"", "\"tail\":1,\"salt\""), ""},
      {"[]", "is not a JSON object"},
      {"\"receipt\"", "is not a JSON object"},
  };
  for (const auto& [text, what] : refused) {
    const auto read = parse_receipt(text);
    ASSERT_FALSE(read) << text;
    EXPECT_NE(to_string(read.error()).find(what), std::string::npos) << to_string(read.error());
  }
  EXPECT_FALSE(parse_receipt(std::string(2u << 20, ' ')));
}

TEST_F(Journal, RefusesEntriesThatAreNotOfTheirForm) {
  const std::string good = receipt_.entry.text;
  ASSERT_TRUE(parse_journal_act(good));
  const auto with = [&](const std::string& find, const std::string& replace) {
    std::string text = good;
    text.replace(text.find(find), find.size(), replace);
    return text;
  };
  for (const std::string& text :
       {with(receipt_.record, "0123"), with("\"act\":\"deposit\"", "\"act\":1"),
        with("\"time\":\"2", "\"time\":\"x"), std::string("[]"), std::string("{}"),
        std::string(2u << 20, ' ')}) {
    EXPECT_FALSE(parse_journal_act(text)) << text.substr(0, 200);
  }
}

TEST_F(Journal, AReceiptAndAProofOfTwoJournalsShow) {
  const TlogProof proof{std::nullopt, receipt_.index, receipt_.proof, note_};
  EXPECT_TRUE(of_one_journal(receipt_, proof));
  // Of one size and another root.
  TlogProof forked = proof;
  std::string other(parse_note(note_)->text);
  other.replace(other.find(to_base64(root_.view())), 44, to_base64(leaf_hash({}).view()));
  forked.checkpoint = key_->sign(other);
  EXPECT_FALSE(of_one_journal(receipt_, forked));
  // What can't be compared is judged elsewhere.
  forked.index = receipt_.index + 1;
  EXPECT_TRUE(of_one_journal(receipt_, forked));
  forked = proof;
  forked.checkpoint = "";
  EXPECT_TRUE(of_one_journal(receipt_, forked));
}

TEST_F(Journal, ReadsItsProofs) {
  const TlogProof proof{to_bytes(as_bytes("7")), 0, receipt_.proof, note_};
  const std::string text = write_tlog_proof(proof);
  const auto read = parse_tlog_proof(text);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(write_tlog_proof(*read), text);
  EXPECT_EQ(judge_tlog_proof(*read, journal_leaf(receipt_.entry), &*verifier_).verdict(),
            Verdict::passed);
  EXPECT_EQ(judge_tlog_proof(*read, leaf_hash({}), &*verifier_).verdict(), Verdict::failed);
  EXPECT_TRUE(parse_tlog_proof(write_tlog_proof({std::nullopt, 5, {}, note_})));
}

TEST_F(Journal, RefusesProofsThatAreNotOfTheirForm) {
  const std::string good = write_tlog_proof({to_bytes(as_bytes("7")), 0, receipt_.proof, note_});
  const auto with = [&](const std::string& find, const std::string& replace) {
    std::string text = good;
    text.replace(text.find(find), find.size(), replace);
    return text;
  };
  for (const std::string& text :
       {with("@v1", "@v2"), with("index 0", "index 00"), with("index 0", "index"),
        with("extra Nw==", "extra Nw="), with("extra ", "Extra "),
        with(to_base64(receipt_.proof[0].view()), "AAAA"), good.substr(0, 60), std::string(),
        with("c2sp.org", "c3sp.org"), with("index 0\n", ""), with(note_, "no checkpoint\n"),
        write_tlog_proof({std::nullopt, 5, std::vector<Digest>(65, root_), note_}),
        std::string(2u << 20, ' ')}) {
    EXPECT_FALSE(parse_tlog_proof(text)) << text;
  }
}

}  // namespace
}  // namespace perdura::verifier
