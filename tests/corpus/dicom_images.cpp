#include "tests/corpus/dicom_images.hpp"

#include <dcmtk/config/osconfig.h>
//
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcmetinf.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <mutex>
#include <string_view>

#include "tests/corpus/dicom_pixels.hpp"
#include "tests/corpus/vocabulary.hpp"
#include "verifier/result.hpp"

namespace perdura::corpus {
namespace {

// DCMTK logs a warning at each file whose meta information it was told to leave alone.
void silence_dcmtk() {
  static std::once_flag once;
  std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
}

void check(OFCondition condition) { verifier::check(condition.good(), condition.text()); }

// A unique identifier under the root that UUIDs have: 2.25 and a decimal number (PS3.5 B.2).
std::string make_uid(Random& random) { return "2.25." + std::to_string(random.next() | 1U << 31); }

// A data set as it grows.
class ImageFile {
 public:
  ImageFile(const char* sop_class, const std::string& instance) {
    set(DCM_SpecificCharacterSet, "ISO_IR 192");
    set(DCM_SOPClassUID, sop_class);
    set(DCM_SOPInstanceUID, instance);
    // The meta information is ours to the last octet: DCMTK would write its version into it.
    DcmMetaInfo& meta = *file_.getMetaInfo();
    const Uint8 version[] = {0, 1};
    check(meta.putAndInsertUint8Array(DCM_FileMetaInformationVersion, version, 2));
    check(meta.putAndInsertString(DCM_MediaStorageSOPClassUID, sop_class));
    check(meta.putAndInsertString(DCM_MediaStorageSOPInstanceUID, instance.c_str()));
    check(meta.putAndInsertString(DCM_TransferSyntaxUID, UID_LittleEndianExplicitTransferSyntax));
    check(meta.putAndInsertString(DCM_ImplementationClassUID, "2.25.1836412790"));
  }

  void set(const DcmTagKey& tag, const std::string& value) {
    check(data().putAndInsertString(tag, value.c_str()));
  }
  void set_number(const DcmTagKey& tag, int value) {
    check(data().putAndInsertUint16(tag, static_cast<Uint16>(value)));
  }
  DcmDataset& data() { return *file_.getDataset(); }

  // How the pixels lie: `bits` of `allocated`, signed or not.
  void set_geometry(int columns, int rows, int allocated, int bits, bool is_signed) {
    set_number(DCM_SamplesPerPixel, 1);
    set(DCM_PhotometricInterpretation, "MONOCHROME2");
    set_number(DCM_Rows, rows);
    set_number(DCM_Columns, columns);
    set_number(DCM_BitsAllocated, allocated);
    set_number(DCM_BitsStored, bits);
    set_number(DCM_HighBit, bits - 1);
    set_number(DCM_PixelRepresentation, is_signed ? 1 : 0);
  }
  void set_pixels(const Uint16* pixels, std::size_t count) {
    check(data().putAndInsertUint16Array(DCM_PixelData, pixels, count));
    pixel_octets_ = 2 * count;
  }
  void set_pixels(const Uint8* pixels, std::size_t count) {
    check(data().putAndInsertUint8Array(DCM_PixelData, pixels, count));
    pixel_octets_ = count;
  }

  std::string octets() {
    std::string buffer(pixel_octets_ + (64U << 10), '\0');
    DcmOutputBufferStream stream(buffer.data(), static_cast<offile_off_t>(buffer.size()));
    file_.transferInit();
    check(file_.write(stream, EXS_LittleEndianExplicit, EET_ExplicitLength, nullptr, EGL_recalcGL,
                      EPD_noChange, 0, 0, 0, EWM_dontUpdateMeta));
    file_.transferEnd();
    void* start = nullptr;
    offile_off_t length = 0;
    stream.flushBuffer(start, length);
    return {static_cast<const char*>(start), static_cast<std::size_t>(length)};
  }

 private:
  DcmFileFormat file_;
  std::size_t pixel_octets_ = 0;
};

// DICOM PN: family^given, with an ideographic group or accents as the name has them.
std::string person_name(std::string_view family, std::string_view given) {
  return joined({family, "^", given});
}

void describe(ImageFile& file, Random& random, const Visit& visit, const std::string& modality,
              const std::string& study) {
  const Person& p = visit.patient;
  const std::string when = hl7_time(visit.when);
  const std::string date = when.substr(0, 8);
  const std::string time = when.substr(8);
  for (const auto& tag : {DCM_StudyDate, DCM_SeriesDate, DCM_AcquisitionDate, DCM_ContentDate}) {
    file.set(tag, date);
  }
  for (const auto& tag : {DCM_StudyTime, DCM_SeriesTime, DCM_AcquisitionTime, DCM_ContentTime}) {
    file.set(tag, time);
  }
  file.set(DCM_TimezoneOffsetFromUTC, "+0000");
  file.set(DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
  file.set(DCM_AccessionNumber, joined({"A", std::to_string(visit.number)}));
  file.set(DCM_Modality, modality);
  file.set(DCM_Manufacturer, "Perdura corpus");
  file.set(DCM_InstitutionName, std::string(hospital_name));
  file.set(DCM_ReferringPhysicianName, person_name(visit.clinician.family, visit.clinician.given));
  file.set(DCM_StudyDescription, joined({modality, " ", random.pick(wards())}));
  file.set(DCM_PatientName, person_name(p.family, p.given));
  file.set(DCM_PatientID, p.mrn);
  file.set(DCM_IssuerOfPatientID, std::string(issuer_name));
  DcmItem* qualifiers = nullptr;
  check(file.data().findOrCreateSequenceItem(DCM_IssuerOfPatientIDQualifiersSequence, qualifiers));
  check(qualifiers->putAndInsertString(DCM_UniversalEntityID, std::string(issuer_oid).c_str()));
  check(qualifiers->putAndInsertString(DCM_UniversalEntityIDType, "ISO"));
  file.set(DCM_PatientBirthDate, hl7_date(p.birth));
  file.set(DCM_PatientSex, std::string(1, p.sex));
  file.set(DCM_StudyInstanceUID, study);
  file.set(DCM_SeriesInstanceUID, make_uid(random));
  file.set(DCM_StudyID, std::to_string(visit.number));
  file.set(DCM_SeriesNumber, "1");
  file.set(DCM_InstanceNumber, std::to_string(random.between(1, 240)));
}

void add_ct(ImageFile& file, Random& random) {
  const auto pixels = chest_slice(random, 512);
  file.set_geometry(512, 512, 16, 16, true);
  file.set(DCM_PixelSpacing, "0.703125\\0.703125");
  file.set(DCM_SliceThickness, "2.5");
  file.set(DCM_KVP, "120");
  file.set(DCM_ImagePositionPatient, "-180\\-180\\" + std::to_string(random.between(-300, 300)));
  file.set(DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
  file.set(DCM_RescaleIntercept, "0");
  file.set(DCM_RescaleSlope, "1");
  file.set(DCM_WindowCenter, "40");
  file.set(DCM_WindowWidth, "400");
  file.set_pixels(reinterpret_cast<const Uint16*>(pixels.data()), pixels.size());
}

void add_mr(ImageFile& file, Random& random) {
  const auto pixels = head_slice(random, 256);
  file.set_geometry(256, 256, 16, 12, false);
  file.set(DCM_PixelSpacing, "0.9375\\0.9375");
  file.set(DCM_SliceThickness, "5");
  file.set(DCM_RepetitionTime, "600");
  file.set(DCM_EchoTime, "15");
  file.set_pixels(pixels.data(), pixels.size());
}

void add_radiograph(ImageFile& file, Random& random) {
  const bool large = random.chance(50);
  const int columns = large ? 1760 : 1024;
  const int rows = large ? 2140 : 1280;
  const auto pixels = chest_radiograph(random, columns, rows);
  file.set_geometry(columns, rows, 16, 12, false);
  file.set(DCM_ImagerPixelSpacing, "0.2\\0.2");
  file.set(DCM_ViewPosition, "PA");
  file.set_pixels(pixels.data(), pixels.size());
}

void add_angiography(ImageFile& file, Random& random) {
  const int frames = random.between(12, 30);
  const auto pixels = angiogram(random, 512, frames);
  file.set_geometry(512, 512, 8, 8, false);
  file.set(DCM_NumberOfFrames, std::to_string(frames));
  file.set(DCM_CineRate, "15");
  file.set_pixels(pixels.data(), pixels.size());
}

}  // namespace

std::string make_dicom_image(Random& random, const Visit& visit, Image image) {
  struct Kind {
    const char* modality;
    const char* sop_class;
    void (*add)(ImageFile&, Random&);
  };
  const Kind kinds[] = {{"CT", UID_CTImageStorage, add_ct},
                        {"MR", UID_MRImageStorage, add_mr},
                        {"CR", UID_ComputedRadiographyImageStorage, add_radiograph},
                        {"XA", UID_XRayAngiographicImageStorage, add_angiography}};
  silence_dcmtk();
  const Kind& kind = kinds[static_cast<std::size_t>(image)];
  ImageFile file(kind.sop_class, make_uid(random));
  describe(file, random, visit, kind.modality, make_uid(random));
  kind.add(file, random);
  return file.octets();
}

}  // namespace perdura::corpus
