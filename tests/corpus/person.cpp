#include "tests/corpus/person.hpp"

#include <algorithm>
#include <string_view>

#include "tests/corpus/vocabulary.hpp"

namespace perdura::corpus {
namespace {

using verifier::Time;

// clang-format off
constexpr std::string_view female_names[] = {
    "Adele", "Beatriz", "Carmen", "Dolores", "Eun-ji", "Fatima", "Greta", "Hanako", "Ingrid", "Jasmine", "Käthe", "Latoya",
    "María José", "Nadia", "Olga", "Priya", "Ruth", "Sunita", "Teresa", "Ursula", "Violet", "Wanda", "Yelena", "Zoë",
};
constexpr std::string_view male_names[] = {
    "Anton", "Björn", "Carlos", "Dmitri", "Edward", "Francisco", "Gustav", "Hiroshi", "Ibrahim", "Jamal", "Kenji", "Leopold",
    "Miguel", "Nikhil", "Otto", "Pedro", "Quentin", "Rolf", "Samuel", "Tomás", "Umberto", "Victor", "Walter", "Xavier",
};
constexpr std::string_view family_names[] = {
    "Abernathy", "Bauer", "Castañeda", "Dvořák", "Eriksen", "Fernández", "Großmann", "Hoffmann", "Ivanov", "Jankowski",
    "Kowalczyk", "Lindqvist", "Müller", "Nakamura", "O'Connell", "Pereira", "Quigley", "Ramírez", "Schröder", "Tanaka",
    "Ueda", "Vasquez", "Whitfield", "Xu", "Yamamoto", "Zimmermann", "Okafor", "Nguyen", "Silva", "Haddad",
};
constexpr std::string_view streets[] = {
    "Maple Avenue", "Harbor Street", "Church Road", "Station Road", "Mill Lane", "Sunset Boulevard", "Chestnut Street",
    "Park Terrace", "College Avenue", "Riverside Drive", "Old Post Road", "Orchard Way",
};
struct City {
  std::string_view name, state, postal_code;
};
constexpr City cities[] = {
    {"Ashford", "MA", "010"}, {"Brookfield", "MA", "015"}, {"Clearwater", "MA", "021"}, {"Danforth", "ME", "044"},
    {"Easton", "CT", "066"},  {"Fairview", "NH", "031"},   {"Glenwood", "VT", "054"},   {"Hartwell", "RI", "028"},
};
// clang-format on

// `count` decimal digits.
std::string digits(Random& random, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += static_cast<char>('0' + random.below(10));
  return text;
}

std::string padded(std::uint64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

}  // namespace

Person make_person(std::uint64_t seed, std::uint64_t number) {
  Random random(mixed(seed ^ 0x70656f706c65), number);
  Person person;
  person.mrn = joined({"M", padded(number, 7)});
  person.uuid = make_uuid(random);
  person.family = random.pick(family_names);
  person.sex = random.chance(52) ? 'F' : 'M';
  person.given = person.sex == 'F' ? random.pick(female_names) : random.pick(male_names);
  const int year = random.between(1924, 1994);
  const int month = random.between(1, 12);
  const int day = random.between(1, 28);
  person.birth = *verifier::time_from_utc(year, month, day, 0, 0, 0);
  person.street = joined({std::to_string(random.between(1, 999)), " ", random.pick(streets)});
  const City& city = random.pick(cities);
  person.city = city.name;
  person.state = city.state;
  person.postal_code = joined({city.postal_code, digits(random, 2)});
  person.phone = joined({"555-", digits(random, 3), "-", digits(random, 4)});
  person.ssn = joined({"999-", digits(random, 2), "-", digits(random, 4)});
  return person;
}

Clinician make_clinician(Random& random) {
  // 120 of them, so that they recur.
  Random own(0x636c696e696369, random.below(120));
  Clinician clinician;
  clinician.npi = joined({"99", digits(own, 8)});
  clinician.family = own.pick(family_names);
  clinician.given = own.chance(50) ? own.pick(female_names) : own.pick(male_names);
  return clinician;
}

std::string make_uuid(Random& random) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  std::uint64_t bits = 0;
  int left = 0;
  for (char& c : text) {
    if (c != 'x' && c != 'y') continue;
    if (left == 0) {
      bits = random.next();
      left = 16;
    }
    const std::size_t nibble = c == 'y' ? (8 | (bits & 3)) : (bits & 15);
    c = hex[nibble];
    bits >>= 4;
    --left;
  }
  return text;
}

std::string hl7_time(Time time) {
  std::string text = verifier::to_string(time);
  std::erase_if(text, [](char c) { return c < '0' || c > '9'; });
  return text;
}

std::string hl7_date(Time time) { return hl7_time(time).substr(0, 8); }

std::string iso_date(Time time) { return verifier::to_string(time).substr(0, 10); }

}  // namespace perdura::corpus
