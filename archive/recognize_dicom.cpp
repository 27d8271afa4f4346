// The only file that includes DCMTK.
#include <dcmtk/config/osconfig.h>
//
#include <dcmtk/dcmdata/dcbytstr.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcelem.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcspchrs.h>
#include <zlib.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <string_view>

#include "archive/recognize_formats.hpp"
#include "archive/recognize_text.hpp"
#include "verifier/bytes.hpp"

namespace perdura::archive {
namespace {

using verifier::as_bytes;
using verifier::as_text;
using verifier::Bytes;

// All we ask for stands before this tag.
const DcmTagKey first_tag_not_read(0x0010, 0x0025);

// DCMTK reads sequences by recursion, about 1 KiB of stack a level; a level needs an item tag.
constexpr std::size_t sequence_items_max = 1000;

// Octets given to DCMTK: what comes before (0010,0025) is a few KiB in practice. The larger when
// the smaller shows no patient.
constexpr std::size_t usual_head = std::size_t{32} << 10;
constexpr std::size_t dicom_head_max = std::size_t{1} << 20;

constexpr std::size_t preamble_size = 128;

// Values longer than this are skipped: none of ours is.
constexpr Uint32 value_max = 4096;

// Loads the data dictionary and silences the log, once in a process.
void prepare_dcmtk() {
  static std::once_flag once;
  std::call_once(once, [] {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    dcmDataDict.rdlock();
    dcmDataDict.rdunlock();
  });
}

// Where DCMTK is to fetch a skipped value later: nowhere.
class NoValue final : public DcmInputStreamFactory {
 public:
  DcmInputStream* create() const override { return nullptr; }
  DcmInputStreamFactory* clone() const override { return new NoValue; }
  DcmInputStreamFactoryType ident() const override { return DFT_DcmInputTempFileStreamFactory; }
};

// A head that DCMTK reads. Of a stream that can't come back to a value DCMTK reads each at once,
// and allocates what its length says, up to 4 GiB; so this one claims that it can.
class HeadStream final : public DcmInputBufferStream {
 public:
  explicit HeadStream(ByteView head) {
    setBuffer(head.data(), static_cast<offile_off_t>(head.size()));
    setEos();
  }
  DcmInputStreamFactory* newFactory() const override { return new NoValue; }
};

unsigned u16(ByteView octets, std::size_t at, bool big_endian) {
  const unsigned a = octets[at];
  const unsigned b = octets[at + 1];
  return big_endian ? a << 8 | b : b << 8 | a;
}

// Whether `head` begins with an element of group 0002 or 0008 in some transfer syntax: a value
// representation, or a length that fits. PS3.5 §7.1.
bool begins_like_a_data_set(ByteView head, bool tag_suffices) {
  if (head.size() < 8) return false;
  for (const bool big_endian : {false, true}) {
    const unsigned group = u16(head, 0, big_endian);
    const unsigned element = u16(head, 2, big_endian);
    if ((group != 0x0002 && group != 0x0008) || element > 0x2000) continue;
    if (tag_suffices) return true;
    const auto vr = as_text(head.subspan(4, 2));
    for (const std::string_view known : {"UL", "OB", "UI", "CS", "DA", "TM", "SH", "LO"}) {
      if (vr == known) return true;
    }
    const std::uint32_t low = u16(head, 4, false);
    const std::uint32_t length = low | u16(head, 6, false) << 16;
    const bool next_fits = length % 2 == 0 && length <= 128 && head.size() >= length + 16 &&
                           u16(head, 8 + length, false) == group;
    if (!big_endian && next_fits) return true;
  }
  return false;
}

// As much of `head` as holds at most sequence_items_max item tags (FFFE,E000), and `size` octets.
ByteView bounded(ByteView head, std::size_t size) {
  head = head.first(std::min(head.size(), size) & ~std::size_t{1});
  const std::string_view text = as_text(head);
  for (const std::string_view item :
       {std::string_view("\xfe\xff\x00\xe0", 4), std::string_view("\xff\xfe\xe0\x00", 4)}) {
    std::size_t items = 0;
    for (auto at = text.find(item); at < head.size(); at = text.find(item, at + 4)) {
      if (++items > sequence_items_max) head = head.first(at);
    }
  }
  return head;
}

// The data set of a file in Deflated Explicit VR Little Endian (PS3.5 A.5), as far as it is of use;
// empty when it is not such a file. DCMTK would inflate without our bound on items.
Bytes inflated(ByteView head) {
  constexpr std::string_view deflated_syntax = "1.2.840.10008.1.2.1.99";
  constexpr std::size_t group_length_at = preamble_size + 4 + 8;
  if (as_text(head.first(std::min<std::size_t>(head.size(), 1024))).find(deflated_syntax) ==
      std::string_view::npos) {
    return {};
  }
  const std::uint64_t length = u16(head, group_length_at, false) |
                               static_cast<std::uint64_t>(u16(head, group_length_at + 2, false))
                                   << 16;
  const std::uint64_t start = group_length_at + 4 + length;
  if (start >= head.size()) return {};
  Bytes result(std::size_t{256} << 10);
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return {};
  stream.next_in = const_cast<Bytef*>(head.data() + start);
  stream.avail_in = static_cast<uInt>(std::min(head.size() - start, dicom_head_max));
  stream.next_out = result.data();
  stream.avail_out = static_cast<uInt>(result.size());
  inflate(&stream, Z_SYNC_FLUSH);  // whatever it says: what came out is what there is
  result.resize(result.size() - stream.avail_out);
  inflateEnd(&stream);
  return result;
}

// The first value of a text element as its octets; "" when there is none. A value whose element has
// no known VR (no dictionary, or UN, of which DCMTK makes hex digits) is taken as it stands.
std::string value_of(DcmItem& data_set, const DcmTagKey& tag) {
  DcmElement* element = nullptr;
  if (data_set.findAndGetElement(tag, element).bad() || element == nullptr) return "";
  OFString text;
  const bool is_text = dynamic_cast<const DcmByteString*>(element) != nullptr;
  if (is_text && element->getOFString(text, 0).good()) return {text.data(), text.size()};
  Uint8* octets = nullptr;
  if (element->getUint8Array(octets).bad() || octets == nullptr) return "";
  const std::size_t size = std::min<std::size_t>(element->getLength(), 4096);
  const std::string_view raw(reinterpret_cast<const char*>(octets), size);
  return std::string(raw.substr(0, raw.find('\\')));
}

// A text value as UTF-8, by SpecificCharacterSet (0008,0005); "" when it can't be.
std::string text_of(DcmItem& data_set, const DcmTagKey& tag) {
  std::string text = value_of(data_set, tag);
  const bool ascii = std::ranges::all_of(
      text, [](char c) { return static_cast<signed char>(c) >= 0 && c != '\x1b'; });
  if (ascii) return text;
  DcmSpecificCharacterSet converter;
  OFString converted;
  const bool good =
      DcmSpecificCharacterSet::isConversionAvailable() &&
      converter.selectCharacterSet(data_set).good() &&
      converter.convertString(OFString(text.data(), text.size()), converted, "\\^=").good();
  return good ? std::string(converted.data(), converted.size()) : std::string();
}

std::string without(std::string text, char unwanted) {
  std::erase(text, unwanted);
  return text;
}

// DA and TM (PS3.5 §6.2; with the dots and colons that ACR-NEMA had) and the offset from UTC.
std::optional<verifier::Time> event_time_of(DcmItem& data_set) {
  struct Pair {
    DcmTagKey date;
    DcmTagKey time;
  };
  const Pair pairs[] = {{DCM_StudyDate, DCM_StudyTime},
                        {DCM_SeriesDate, DCM_SeriesTime},
                        {DCM_AcquisitionDate, DCM_AcquisitionTime},
                        {DCM_ContentDate, DCM_ContentTime}};
  const std::string offset = clean_identifier(value_of(data_set, DCM_TimezoneOffsetFromUTC));
  for (const Pair& pair : pairs) {
    const auto date = without(clean_identifier(value_of(data_set, pair.date)), '.');
    if (date.size() != 8) continue;
    const auto time = without(clean_identifier(value_of(data_set, pair.time)), ':');
    if (const auto exact = parse_hl7_time(date + time + offset)) return exact;
    if (const auto day = parse_hl7_time(date)) return day;
  }
  return parse_hl7_time(clean_identifier(value_of(data_set, DCM_AcquisitionDateTime)));
}

// Who issued PatientID: the OID that (0010,0024) holds, the same in every format, else the name.
std::string issuer_of(DcmItem& data_set) {
  DcmItem* qualifiers = nullptr;
  if (data_set.findAndGetSequenceItem(DCM_IssuerOfPatientIDQualifiersSequence, qualifiers).good()) {
    const std::string universal = clean_identifier(value_of(*qualifiers, DCM_UniversalEntityID));
    if (is_oid(universal)) return universal;
  }
  return text_of(data_set, DCM_IssuerOfPatientID);
}

Recognized read_data_set(DcmItem& data_set) {
  Recognized found{.media_type = "application/dicom"};
  found.patient = make_patient(text_of(data_set, DCM_PatientID), issuer_of(data_set));
  found.event_time = event_time_of(data_set);
  found.record_type = clean_text(value_of(data_set, DCM_Modality));
  return found;
}

// What DCMTK says of a file's soundness does not matter: what it could read before it stopped is
// there.
Recognized read_dicom_file(ByteView head) {
  HeadStream stream(head);
  DcmFileFormat file;
  file.transferInit();
  (void)file.readUntilTag(stream, EXS_Unknown, EGL_noChange, value_max, first_tag_not_read);
  return read_data_set(*file.getDataset());
}

Recognized read_plain_data_set(ByteView head) {
  HeadStream stream(head);
  DcmDataset data_set;
  data_set.transferInit();
  (void)data_set.readUntilTag(stream, EXS_LittleEndianExplicit, EGL_noChange, value_max,
                              first_tag_not_read);
  return read_data_set(data_set);
}

}  // namespace

std::optional<Recognized> recognize_dicom(ByteView head, bool named_dicom) {
  const bool has_preamble =
      head.size() >= preamble_size + 20 && as_text(head.subspan(preamble_size, 4)) == "DICM";
  if (!has_preamble && !begins_like_a_data_set(head, named_dicom)) return std::nullopt;
  prepare_dcmtk();
  const Bytes plain = has_preamble ? inflated(head) : Bytes();
  if (!plain.empty()) return read_plain_data_set(bounded(plain, dicom_head_max));
  const Recognized found = read_dicom_file(bounded(head, usual_head));
  if (found.patient || head.size() <= usual_head) return found;
  return read_dicom_file(bounded(head, dicom_head_max));
}

}  // namespace perdura::archive
