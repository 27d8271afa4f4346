#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <string_view>

#include "archive/recognize.hpp"
#include "verifier/bytes.hpp"

namespace perdura::archive {
namespace {

std::string little(std::uint64_t value, int octets) {
  std::string text;
  for (; octets > 0; --octets, value >>= 8) text += static_cast<char>(value & 0xff);
  return text;
}

// An element in Explicit VR Little Endian (PS3.5 §7.1.2); `vr` is not one with a long length.
std::string element(unsigned group, unsigned number, std::string_view vr, std::string value) {
  if (value.size() % 2 != 0) value += vr == "UI" ? '\0' : ' ';
  return little(group, 2) + little(number, 2) + std::string(vr) + little(value.size(), 2) + value;
}

// The start of a sequence and of its first item, both of undefined length.
std::string open_sequence(unsigned group, unsigned number) {
  return little(group, 2) + little(number, 2) + "SQ" + little(0, 2) + little(0xffffffff, 4) +
         little(0xe000fffe, 4) + little(0xffffffff, 4);
}

std::string close_sequence() {
  return little(0xe00dfffe, 4) + little(0, 4) + little(0xe0ddfffe, 4) + little(0, 4);
}

std::string file(const std::string& data_set, const std::string& syntax = "1.2.840.10008.1.2.1") {
  const std::string meta = element(2, 0x10, "UI", syntax);
  return std::string(128, '\0') + "DICM" + element(2, 0, "UL", little(meta.size(), 4)) + meta +
         data_set;
}

const std::string study = element(8, 0x20, "DA", "20200102") + element(8, 0x30, "TM", "030405.5") +
                          element(8, 0x60, "CS", "CT");
const std::string patient = element(0x10, 0x20, "LO", "P1") + element(0x10, 0x21, "LO", "HOSP");

Recognized recognized(const std::string& octets, std::string_view name = "") {
  return recognize(verifier::as_bytes(octets), true, name);
}

std::string patient_of(const Recognized& found) {
  return found.patient ? found.patient->id + " @ " + found.patient->issuer : "";
}

std::string time_of(const Recognized& found) {
  return found.event_time ? verifier::to_string(*found.event_time) : "";
}

TEST(RecognizeDicom, ReadsPatientTimeAndModality) {
  const auto found = recognized(file(study + patient));
  EXPECT_EQ(found.media_type, "application/dicom");
  EXPECT_EQ(patient_of(found), "P1 @ HOSP");
  EXPECT_EQ(time_of(found), "2020-01-02T03:04:05Z");
  EXPECT_EQ(found.record_type, "CT");
}

TEST(RecognizeDicom, MindsTheOffsetFromUtc) {
  const auto found = recognized(file(study + element(8, 0x201, "SH", "+0900") + patient));
  EXPECT_EQ(time_of(found), "2020-01-01T18:04:05Z");
}

TEST(RecognizeDicom, TakesSeriesDateWithoutStudyDate) {
  EXPECT_EQ(time_of(recognized(file(element(8, 0x21, "DA", "2001.02.03")))),
            "2001-02-03T00:00:00Z");
}

TEST(RecognizeDicom, PrefersTheIssuersOid) {
  const std::string oid = little(0x40, 2) + little(0x32, 2) + "UT" + little(0, 2) + little(6, 4) +
                          "1.2.3 " + element(0x40, 0x33, "CS", "ISO");
  const auto found =
      recognized(file(study + patient + open_sequence(0x10, 0x24) + oid + close_sequence()));
  EXPECT_EQ(patient_of(found), "P1 @ 1.2.3");
}

TEST(RecognizeDicom, NeedsNoPreamble) {
  EXPECT_EQ(patient_of(recognized(study + patient)), "P1 @ HOSP");
  EXPECT_EQ(recognized(study).media_type, "application/dicom");
}

TEST(RecognizeDicom, ReadsValuesOfUnknownRepresentation) {
  const auto unknown = [](unsigned group, unsigned number, std::string value) {
    if (value.size() % 2 != 0) value += ' ';
    return little(group, 2) + little(number, 2) + "UN" + little(0, 2) + little(value.size(), 4) +
           value;
  };
  const auto found =
      recognized(file(unknown(8, 0x20, "20200102") + unknown(8, 0x60, "CT") +
                      unknown(0x10, 0x20, "id11111\\2") + unknown(0x10, 0x21, "HOSP")));
  EXPECT_EQ(patient_of(found), "id11111 @ HOSP");
  EXPECT_EQ(time_of(found), "2020-01-02T00:00:00Z");
  EXPECT_EQ(found.record_type, "CT");
}

TEST(RecognizeDicom, ConvertsCharacterSets) {
  const auto latin = element(8, 5, "CS", "ISO_IR 100") + element(0x10, 0x20, "LO", "M\xfcller");
  EXPECT_EQ(patient_of(recognized(file(latin))), "Müller @ ");
  const auto utf8 = element(8, 5, "CS", "ISO_IR 192") + element(0x10, 0x20, "LO", "山田");
  EXPECT_EQ(patient_of(recognized(file(utf8))), "山田 @ ");
  const auto chinese =
      element(8, 5, "CS", "GB18030") + element(0x10, 0x20, "LO", "\xcd\xf5\xd0\xa1\xb6\xab");
  EXPECT_EQ(patient_of(recognized(file(chinese))), "王小东 @ ");
}

TEST(RecognizeDicom, LeavesOutWhatItsCharacterSetDoesNotExplain) {
  EXPECT_EQ(patient_of(recognized(file(element(0x10, 0x20, "LO", "M\xfcller")))), "");
}

TEST(RecognizeDicom, ReadsADeflatedDataSet) {
  const std::string plain = study + patient;
  std::string deflated(1000, '\0');
  z_stream stream{};
  ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(deflated.data());
  stream.avail_out = static_cast<uInt>(deflated.size());
  ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  deflated.resize(stream.total_out);
  deflateEnd(&stream);
  EXPECT_EQ(patient_of(recognized(file(deflated, "1.2.840.10008.1.2.1.99"))), "P1 @ HOSP");
}

TEST(RecognizeDicom, TakesWhatStandsBeforeTheDamage) {
  const std::string good = file(study + patient);
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto found = recognized(good.substr(0, size));
    if (size > 150) {
      EXPECT_EQ(found.media_type, "application/dicom") << size;
    }
  }
  const std::string huge =
      little(8, 2) + little(0x1030, 2) + "UT" + little(0, 2) + little(0xfffffff0, 4) + "abc";
  EXPECT_EQ(time_of(recognized(file(study + huge))), "2020-01-02T03:04:05Z");
}

TEST(RecognizeDicom, BearsNestingOfAnyDepth) {
  std::string nested = study;
  for (int depth = 0; depth < 50000; ++depth) nested += open_sequence(8, 0x1140);
  const auto found = recognized(file(nested + patient));
  EXPECT_EQ(found.media_type, "application/dicom");
  EXPECT_EQ(time_of(found), "2020-01-02T03:04:05Z");
}

TEST(RecognizeDicom, ReadsPastFiveHundredItems) {
  std::string items = study + open_sequence(8, 0x1140);
  for (int n = 0; n < 500; ++n) {
    items += element(8, 0x1155, "UI", "1.2") + little(0xe00dfffe, 4) + little(0, 4) +
             little(0xe000fffe, 4) + little(0xffffffff, 4);
  }
  EXPECT_EQ(patient_of(recognized(file(items + close_sequence() + patient))), "P1 @ HOSP");
}

}  // namespace
}  // namespace perdura::archive
