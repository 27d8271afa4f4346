#include <algorithm>
#include <iostream>

#include "tools/command_line.hpp"
#include "tools/record_json.hpp"

namespace perdura::tools {
namespace {

const CommandText text{
    "list", "DIR", "Find records by patient, time, type and depositor; all when nothing restricts.",
    "One line a record: identifier (its first digits are enough for other commands), whether it "
    "is\n"
    "sealed, event or deposit time, patient, type, documents.\n\n"
    "Examples:\n"
    "  perdura list /srv/archive --patient 4711 --from 2040-01-01\n"
    "  perdura list /srv/archive --type Bundle/collection --json\n"};

}  // namespace

int command_list(int argc, char** argv) {
  CommandOptions options(text);
  add_archive_options(options);
  add_selection_options(options);
  options.add()("json", "one JSON object a record, a line each")(
      "limit", "at most this many; 0 for all", cxxopts::value<std::uint64_t>()->default_value("0"),
      "N");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  const auto selected = selection(**parsed);
  if (!selected) return report(selected.error());
  auto archive = open_archive(**parsed, archive::OpenMode::read_only);
  if (!archive) return report(archive.error());
  const bool as_json = (*parsed)->count("json") != 0;
  const std::uint64_t limit = (**parsed)["limit"].as<std::uint64_t>();
  const std::uint64_t sealed_size = (*archive)->journal().head().sealed_size;
  archive::ContentReader reader = (*archive)->reader();
  std::uint64_t shown = 0;
  int code = 0;
  const auto show = [&](std::uint64_t index, const archive::DepositRow& row) -> Result<bool> {
    const auto statement = archive::read_statement(**archive, reader, row);
    if (!statement && statement.error().code == Errc::io) return statement.error();
    if (!statement) {  // damaged: that does not hide the others
      Error error = statement.error();
      error.where = "record " + row.statement.address.hex() + ": " + error.where;
      code = std::max(code, report(error));
      return true;
    }
    const bool sealed = index < sealed_size;
    if (as_json) {
      std::cout << boost::json::serialize(record_json(index, sealed, row, *statement)) << '\n';
    } else {
      std::cout << record_line(sealed, row, *statement) << '\n';
    }
    ++shown;
    return std::cout && (limit == 0 || shown < limit);
  };
  if (auto done = archive::for_each_record(**archive, *selected, show); !done) {
    return report(done.error());
  }
  if (!as_json) std::cerr << shown << " records\n";
  return code;
}

}  // namespace perdura::tools
