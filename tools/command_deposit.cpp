#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <thread>

#include "archive/files.hpp"
#include "tools/command_line.hpp"
#include "tools/deposit_input.hpp"

namespace perdura::tools {
namespace {

namespace fs = std::filesystem;
using archive::RecordInput;
using verifier::Receipt;

const CommandText text{
    "deposit", "DIR PATH...",
    "Take records in. Each file is a record, unless --record makes all of them one.",
    "A receipt (one line of JSON) is written for each record after it is on disk, and not before.\n"
    "PATH may be a file, a folder (all files below it) or - for standard input. What the options "
    "do\n"
    "not say (media type, patient, event time, type) is taken from FHIR, HL7 v2, CDA, DICOM and "
    "PDF\n"
    "documents where they state it.\n\n"
    "A manifest has one JSON object a line, a record each:\n"
    "  "
    "{\"path\":\"a.json\",\"patient\":{\"id\":\"4711\",\"issuer\":\"urn:oid:1.2.3\"},\"type\":"
    "\"discharge\",\n"
    "   \"eventTime\":\"2041-06-01T08:00:00Z\",\"idempotencyKey\":\"msg-1\"}\n"
    "A path is taken from the manifest's folder, or for standard input from the current one.\n"
    "Members: path or paths, patient, type, author, eventTime, sourceSystem, mediaType, language,\n"
    "retention, sensitivity (1 to 5), related ([{\"relation\",\"record\"}]), idempotencyKey.\n\n"
    "Exit codes: 0 all were deposited; 1 some were not (each is named), or the\n"
    "disk failed; 2, 3 none was.\n\n"
    "Examples:\n"
    "  perdura deposit /srv/archive /data/inbox --receipts receipts.jsonl\n"
    "  perdura deposit /srv/archive --record report.pdf image.dcm --patient 4711 --type radiology\n"
    "  perdura deposit /srv/archive --manifest today.jsonl\n"};

// Where receipts go, and what became of the records.
class Outcome {
 public:
  Outcome(std::ostream& receipts, Progress& progress) : receipts_(receipts), progress_(progress) {}

  // Called by the committer for each record.
  void done(const std::string& what, const Result<Receipt>& result) {
    if (!result) return failed(what, result.error());
    receipts_ << verifier::write_receipt(*result) << '\n';
    ++deposited_;
    progress_.show([&] { return std::to_string(deposited_.load()) + " records deposited"; });
  }
  // Of the archive: what every record since was given up for.
  void stopped(Error error) {
    error.what += "; " + std::to_string(given_up_) + " records were not deposited";
    const std::lock_guard lock(mutex_);
    worst_ = std::max(worst_, report(error));
  }
  void failed(const std::string& what, Error error) {
    ++failed_;
    if (error.code == Errc::unavailable) {
      ++given_up_;
      return;
    }
    if (error.where.empty()) {
      error.where = what;
    } else if (error.where.find(what) == std::string::npos) {
      error.where = what + ": " + error.where;
    }
    const std::lock_guard lock(mutex_);
    worst_ = std::max(worst_, report(error));
  }
  std::uint64_t deposited() const { return deposited_; }
  std::uint64_t failures() const { return failed_; }
  int exit_code() const { return failed_ == 0 ? 0 : (deposited_ == 0 ? worst_ : 1); }

 private:
  std::ostream& receipts_;
  Progress& progress_;
  std::mutex mutex_;
  std::atomic<std::uint64_t> deposited_ = 0;
  std::atomic<std::uint64_t> failed_ = 0;    // given up ones too
  std::atomic<std::uint64_t> given_up_ = 0;  // since the archive stopped
  int worst_ = 0;
};

void add_options(CommandOptions& options) {
  const auto value = [] { return cxxopts::value<std::string>(); };
  options.add()("record", "all PATHs are documents of one record")(
      "manifest", "JSON lines that name the records; - for standard input", value(), "FILE")(
      "receipts", "append the receipts to this file (default: standard output)", value(), "FILE")(
      "idempotency-key",
      "the same key again gives the first receipt again and stores nothing, but for documents "
      "whose "
      "stored copy is damaged; for one record",
      value(), "KEY")("name", "name of the document on standard input",
                      value()->default_value("standard-input"), "NAME")(
      "threads", "threads that prepare records; more than cores, since they also wait for the disk",
      cxxopts::value<unsigned>()->default_value(
          std::to_string(2 * std::max(1u, std::thread::hardware_concurrency()))),
      "N")("quiet", "no progress, no summary")("json", "the summary as JSON on standard output");
  options.add("Metadata")("patient", "patient identifier", value(), "ID")(
      "issuer", "who issued it", value(), "ISSUER")("type", "record type", value(), "TYPE")(
      "author", "who wrote it", value(), "NAME")("event-time", "when it happened", value(), "TIME")(
      "source-system", "where it comes from", value(), "NAME")(
      "media-type", "of every document", value(), "TYPE")("language", "like 'ja'", value(), "TAG")(
      "retention", "retention class", value(), "CLASS")(
      "sensitivity", "1 (least) to 5, ISO 13606-4", cxxopts::value<int>()->default_value("3"), "N");
}

Result<RecordInput> defaults(const cxxopts::ParseResult& parsed) {
  RecordInput record;
  const auto event_time = time_option(parsed, "event-time");
  if (!event_time) return event_time.error();
  archive::RecordMetadata& metadata = record.metadata;
  metadata.event_time = *event_time;
  if (const auto patient = option(parsed, "patient")) {
    metadata.patient = {*patient, option(parsed, "issuer").value_or("")};
  }
  metadata.record_type = option(parsed, "type").value_or("");
  metadata.author = option(parsed, "author").value_or("");
  metadata.source_system = option(parsed, "source-system").value_or("");
  metadata.language = option(parsed, "language").value_or("");
  metadata.retention_class = option(parsed, "retention").value_or("");
  metadata.sensitivity = parsed["sensitivity"].as<int>();
  if (metadata.sensitivity < 1 || metadata.sensitivity > 5) {
    return Error{Errc::misuse, "it is a level from 1 to 5", "--sensitivity", ""};
  }
  record.depositor = local_actor();
  record.idempotency_key = option(parsed, "idempotency-key").value_or("");
  return record;
}

// The records that the paths on the command line name.
class PathDeposits {
 public:
  PathDeposits(const cxxopts::ParseResult& parsed, const archive::Archive& archive,
               RecordInput prototype, archive::Deposits& deposits, Outcome& outcome)
      : parsed_(parsed),
        own_{archive.folder(), archive.folder() / archive.config().keys},
        prototype_(std::move(prototype)),
        deposits_(deposits),
        outcome_(outcome) {}

  void run() {
    const auto failed = [&](const Error& error) { outcome_.failed(error.where, error); };
    for (const std::string& path : arguments(parsed_)) {
      if (path == "-") {
        add(stdin_document(parsed_["name"].as<std::string>()));
        continue;
      }
      for_each_file(
          path, own_, [&](const fs::path& file) { add(file_document(file)); }, failed);
    }
    if (!together_.documents.empty()) send(std::move(together_));
  }

 private:
  void add(archive::DocumentInput document) {
    document.media_type = option(parsed_, "media-type").value_or("");
    RecordInput& record = together_;
    if (record.documents.empty()) record = prototype_;
    record.documents.push_back(std::move(document));
    if (parsed_.count("record") == 0) send(std::exchange(together_, {}));
  }
  void send(RecordInput record) {
    std::string what = record.documents.front().name;
    deposits_.deposit(std::move(record),
                      [this, what](const Result<Receipt>& result) { outcome_.done(what, result); });
  }

  const cxxopts::ParseResult& parsed_;
  const std::vector<fs::path> own_;  // folders of the archive, of which nothing is deposited
  RecordInput prototype_;
  archive::Deposits& deposits_;
  Outcome& outcome_;
  RecordInput together_;  // the record whose documents are being gathered
};

void deposit_manifest(const std::string& file, const RecordInput& prototype,
                      archive::Deposits& deposits, Outcome& outcome) {
  std::ifstream opened;
  if (file != "-") opened.open(file);
  std::istream& in = file == "-" ? std::cin : opened;
  if (!in) {
    return outcome.failed(file, archive::system_error(errno, file, "cannot open the manifest"));
  }
  const fs::path folder = file == "-" ? fs::path(".") : fs::path(file).parent_path();
  ManifestLines lines(in);
  // Who writes lines to a pipe waits for receipts, which do not come any more.
  const bool counted = file != "-";
  while (const auto line = lines.next()) {
    if (deposits.stopped() && !counted) break;
    const std::string what = file + " line " + std::to_string(lines.number());
    auto record = *line ? manifest_record(**line, folder, prototype) : line->error();
    if (!record) {
      outcome.failed(what, record.error());
      continue;
    }
    deposits.deposit(*std::move(record), [&outcome, what](const Result<Receipt>& result) {
      outcome.done(what, result);
    });
  }
  if (in.bad()) outcome.failed(file, {Errc::io, "cannot read the manifest to its end", file, ""});
}

Result<Ok> check_usage(const cxxopts::ParseResult& parsed) {
  const std::size_t paths = arguments(parsed).size();
  const bool manifest = parsed.count("manifest") != 0;
  if (paths == 0 && !manifest) {
    return Error{Errc::misuse, "nothing to deposit: name files, folders, - or a --manifest", "",
                 "see 'perdura deposit --help'"};
  }
  const auto streams = std::ranges::count(arguments(parsed), "-");
  if (streams > 1) {
    return Error{
        Errc::misuse,
        "standard input can be read once only, and is named " + std::to_string(streams) + " times",
        "", ""};
  }
  if (parsed.count("name") != 0 && streams == 0) {
    return Error{Errc::misuse, "it names the document on standard input, which is not read",
                 "--name", "say - to read it"};
  }
  if (parsed.count("issuer") != 0 && parsed.count("patient") == 0) {
    return Error{Errc::misuse, "it says who issued an identifier: give --patient too", "--issuer",
                 ""};
  }
  if (manifest && (paths != 0 || parsed.count("record") != 0)) {
    return Error{Errc::misuse, "--manifest names the records itself: give no PATH and no --record",
                 "", ""};
  }
  if (parsed.count("idempotency-key") != 0 &&
      (manifest || (paths != 1 && !parsed.count("record")))) {
    return Error{Errc::misuse, "an idempotency key is one record's; in a manifest, use the member",
                 "--idempotency-key", ""};
  }
  return Ok{};
}

// Opens a file to append receipts to. A last line that a crash cut off is ended, so that the next
// receipt has a line of its own.
Result<Ok> open_receipts(const std::string& path, std::ofstream& file) {
  std::ifstream before(path, std::ios::binary | std::ios::ate);
  const bool cut_off =
      before && before.tellg() > 0 && before.seekg(-1, std::ios::end) && before.get() != '\n';
  errno = 0;
  file.open(path, std::ios::app);
  if (!file) return archive::system_error(errno, path, "cannot write the receipts there");
  if (cut_off) file << '\n';
  return Ok{};
}

}  // namespace

int command_deposit(int argc, char** argv) {
  CommandOptions options(text);
  add_archive_options(options);
  add_clock_option(options);
  add_options(options);
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  if (auto usable = check_usage(**parsed); !usable) return report(usable.error());
  auto prototype = defaults(**parsed);
  if (!prototype) return report(prototype.error());
  const auto threads = threads_option(**parsed);
  if (!threads) return report(threads.error());
  auto archive = open_archive_by_the_clock(**parsed);
  if (!archive) return report(archive.error());
  std::ofstream file;
  const auto receipts = option(**parsed, "receipts");
  if (receipts) {
    if (auto opened = open_receipts(*receipts, file); !opened) return report(opened.error());
  }
  std::ostream& out = receipts ? static_cast<std::ostream&>(file) : std::cout;
  const bool quiet = (*parsed)->count("quiet") != 0;
  Progress progress(quiet);
  Outcome outcome(out, progress);
  {
    archive::Deposits deposits(**archive, *threads, [&out] { out.flush(); });
    PathDeposits paths(**parsed, **archive, *prototype, deposits, outcome);
    if (const auto manifest = option(**parsed, "manifest")) {
      deposit_manifest(*manifest, *prototype, deposits, outcome);
    } else {
      paths.run();
    }
    if (auto finished = deposits.finish(); !finished) outcome.stopped(finished.error());
  }
  if (!out.flush()) {
    outcome.failed("receipts", {Errc::io, "not all receipts could be written", "",
                                "the records are stored; 'perdura show --receipt' prints them"});
  }
  if ((*parsed)->count("json") != 0) {
    std::cout << "{\"deposited\":" << outcome.deposited() << ",\"failed\":" << outcome.failures()
              << "}\n";
  } else if (!quiet) {
    std::cerr << outcome.deposited() << " records deposited, " << outcome.failures() << " failed\n";
  }
  return outcome.exit_code();
}

}  // namespace perdura::tools
