#include "tests/corpus/corpus.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "tests/corpus/cda_documents.hpp"
#include "tests/corpus/dicom_images.hpp"
#include "tests/corpus/fhir_documents.hpp"
#include "tests/corpus/hl7_messages.hpp"
#include "tests/corpus/pdf_documents.hpp"

namespace perdura::corpus {
namespace {

using verifier::Time;

// How often a kind comes in a mix, and from what size to what.
struct Share {
  Kind kind;
  int weight;
  std::size_t least;
  std::size_t most;
};

// clang-format off
// The weights are numbers of documents in a corpus of a gigabyte.
constexpr Share hospital_shares[] = {
    {Kind::hl7,           11800,     600,     6000},
    {Kind::fhir_resource,  9600,     800,      800},
    {Kind::fhir,           2900,    2000,   200000},
    {Kind::cda,            2000,    6000,   120000},
    {Kind::pdf_report,     1400,    3000,     9000},
    {Kind::pdf_scan,        490,  120000,   900000},
    {Kind::ct,              580,  526000,   526000},
    {Kind::mr,              190,  133000,   133000},
    {Kind::cr,               28, 5100000,  5100000},
    {Kind::xa,               14, 5500000,  5500000},
};
constexpr Share text_shares[] = {
    {Kind::hl7,           45,  600,  6000},
    {Kind::fhir_resource, 30,  800,   800},
    {Kind::fhir,          15, 2000, 40000},
    {Kind::cda,           10, 6000, 40000},
};
constexpr Share fhir_shares[] = {
    {Kind::fhir_resource, 40,  800,    800},
    {Kind::fhir,          60, 2000, 200000},
};
constexpr Share images_shares[] = {
    {Kind::ct, 70,  526000,  526000},
    {Kind::mr, 24,  133000,  133000},
    {Kind::cr,  4, 5100000, 5100000},
    {Kind::xa,  2, 5500000, 5500000},
};
constexpr Share demo_shares[] = {
    {Kind::fhir,          5,   2000,  60000},
    {Kind::hl7,           5,    600,   6000},
    {Kind::cda,           3,   6000,  40000},
    {Kind::fhir_resource, 3,    800,    800},
    {Kind::pdf_report,    2,   3000,   9000},
    {Kind::mr,            1, 133000, 133000},
    {Kind::pdf_scan,      1, 120000, 300000},
    {Kind::ct,            1, 526000, 526000},
};
// clang-format on

std::span<const Share> shares_of(Mix mix) {
  switch (mix) {
    case Mix::text:
      return text_shares;
    case Mix::fhir:
      return fhir_shares;
    case Mix::images:
      return images_shares;
    case Mix::demo:
      return demo_shares;
    case Mix::hospital:
      break;
  }
  return hospital_shares;
}

// Deals kinds so that at every moment each has had its share to within one document: chance would
// make the few large ones swing the size of a small corpus.
class Dealer {
 public:
  explicit Dealer(std::span<const Share> shares) : shares_(shares), credit_(shares.size(), 0) {
    for (const Share& share : shares_) total_ += share.weight;
  }

  const Share& next() {
    std::size_t best = 0;
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      credit_[i] += shares_[i].weight;
      if (credit_[i] > credit_[best]) best = i;
    }
    credit_[best] -= total_;
    return shares_[best];
  }

 private:
  std::span<const Share> shares_;
  std::vector<int> credit_;
  int total_ = 0;
};

// Thirty years of documents, more of them later.
Time date_of(Random& random) {
  constexpr std::int64_t first = 788918400;  // 1995-01-01
  constexpr std::uint64_t seconds = std::uint64_t{30} * 31557600;
  const std::uint64_t a = random.below(seconds);
  const std::uint64_t b = random.below(seconds);
  return {first + static_cast<std::int64_t>(std::max(a, b))};
}

// A handful of patients have most of the documents, as in life.
std::uint64_t patient_for(Random& random, std::uint64_t patients) {
  const std::uint64_t a = random.below(patients);
  const std::uint64_t b = random.below(patients);
  return std::min(a, b);
}

std::uint64_t expected_documents(std::span<const Share> shares, const Amount& amount) {
  std::uint64_t weights = 0;
  std::uint64_t octets = 0;
  for (const Share& share : shares) {
    const auto weight = static_cast<std::uint64_t>(share.weight);
    weights += weight;
    octets += weight * (share.least + (share.most - share.least) / 4);
  }
  const std::uint64_t by_octets = amount.octets ? *amount.octets * weights / octets : UINT64_MAX;
  return std::min(by_octets, amount.documents.value_or(UINT64_MAX));
}

}  // namespace

std::optional<Mix> mix_from_name(std::string_view name) {
  if (name == "hospital") return Mix::hospital;
  if (name == "text" || name == "small") return Mix::text;
  if (name == "fhir") return Mix::fhir;
  if (name == "images") return Mix::images;
  if (name == "demo") return Mix::demo;
  return std::nullopt;
}

Plan make_plan(std::uint64_t seed, Mix mix, const Amount& amount) {
  verifier::check(amount.documents || amount.octets, "a plan without an amount has no end");
  const auto shares = shares_of(mix);
  const std::uint64_t patients = expected_documents(shares, amount) / 9 + 1;
  const std::uint64_t documents_max = amount.documents.value_or(UINT64_MAX);
  const std::uint64_t octets_max = amount.octets.value_or(UINT64_MAX);
  Plan plan{.seed = seed, .documents = {}};
  Dealer dealer(shares);
  Random random(seed);
  std::uint64_t octets = 0;
  for (std::uint64_t number = 0; number < documents_max && octets < octets_max; ++number) {
    const Share& share = dealer.next();
    Planned planned{.kind = share.kind,
                    .number = number,
                    .content = number,
                    .patient = patient_for(random, patients),
                    .when = date_of(random),
                    .size = random.skewed(share.least, share.most)};
    const auto now = plan.documents.size();
    if (random.chance(1) && now > 0) {
      const Planned original =
          plan.documents[now - 1 - random.below(std::min<std::size_t>(now, 40))];
      planned = original;
      planned.number = number;
    }
    octets += planned.size;
    plan.documents.push_back(planned);
  }
  return plan;
}

Person patient_of(const Plan& plan, const Planned& planned) {
  return make_person(plan.seed, planned.patient);
}

std::string make_document(const Plan& plan, const Planned& planned) {
  Random random(plan.seed, planned.content);
  const Visit visit{.patient = patient_of(plan, planned),
                    .when = planned.when,
                    .clinician = make_clinician(random),
                    .number = planned.content};
  switch (planned.kind) {
    case Kind::fhir:
      return make_fhir_bundle(random, visit, planned.size);
    case Kind::fhir_resource:
      return make_fhir_resource(random, visit);
    case Kind::hl7:
      return make_hl7_message(random, visit, planned.size);
    case Kind::cda:
      return make_cda_document(random, visit, planned.size);
    case Kind::pdf_report:
      return make_pdf_report(random, visit, static_cast<int>(planned.size / 1500));
    case Kind::pdf_scan: {
      // One to three pages of about 0.4 octets a pixel, and 1.29 times as high as wide.
      const int pages = random.between(1, 3);
      const std::size_t pixels = planned.size * 13 / 5 / static_cast<std::size_t>(pages);
      int width = 64;
      while (static_cast<std::size_t>(width * width) * 129 / 100 < pixels) width += 8;
      return make_pdf_scan(random, visit, pages, width);
    }
    case Kind::ct:
      return make_dicom_image(random, visit, Image::ct);
    case Kind::mr:
      return make_dicom_image(random, visit, Image::mr);
    case Kind::cr:
      return make_dicom_image(random, visit, Image::radiograph);
    case Kind::xa:
      return make_dicom_image(random, visit, Image::angiography);
  }
  return {};
}

std::string path_of(const Plan& plan, const Planned& planned) {
  struct Name {
    std::string_view kind, extension;
  };
  constexpr std::array<Name, 10> names = {{{"fhir", "json"},
                                           {"resource", "json"},
                                           {"hl7", "hl7"},
                                           {"cda", "xml"},
                                           {"report", "pdf"},
                                           {"scan", "pdf"},
                                           {"ct", "dcm"},
                                           {"mr", "dcm"},
                                           {"cr", "dcm"},
                                           {"xa", "dcm"}}};
  const Name& name = names[static_cast<std::size_t>(planned.kind)];
  std::string path = iso_date(planned.when).substr(0, 4);
  path += '/';
  path += patient_of(plan, planned).mrn;
  path += '/';
  path += name.kind;
  path += '-' + std::to_string(planned.number) + '.';
  path += name.extension;
  return path;
}

}  // namespace perdura::corpus
