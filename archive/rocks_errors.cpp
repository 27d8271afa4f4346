#include "archive/rocks_errors.hpp"

namespace perdura::archive {

using rocksdb::Status;
using verifier::Errc;
using verifier::Error;

Error error_of(const Status& status, const std::string& where) {
  if (status.IsNoSpace()) {
    return {Errc::io, "no space left on the disk", where, "free disk space and try again"};
  }
  if (status.IsCorruption()) {
    return {Errc::io, "the store is damaged: " + status.ToString(), where,
            "the disk altered or lost octets; bring the store back from a backup"};
  }
  const std::string text = status.ToString();
  if (text.find("Permission denied") != std::string::npos) {
    return {Errc::denied, "no permission: " + text, where, "check who owns the folder"};
  }
  if (text.find("No such file") != std::string::npos) {
    return {Errc::io, "the store is damaged: a file is missing: " + text, where,
            "bring the store back from a backup"};
  }
  if (text.find("Read-only file system") != std::string::npos) {
    return {Errc::denied, "its file system is mounted for reading only", where,
            "this needs to write there; list, get, show, export and check do not"};
  }
  return {Errc::io, text, where, ""};
}

Error error_of_open(const Status& status, const std::string& where) {
  const std::string text = status.ToString();
  const auto says = [&](const char* words) { return text.find(words) != std::string::npos; };
  if (status.IsIOError() && says("/LOCK: ") &&
      (says("temporarily unavailable") || says("current process"))) {
    return {Errc::busy, "another process has the store open", where,
            "the archive's server or another perdura command is running; wait for it or stop it"};
  }
  return error_of(status, where);
}

}  // namespace perdura::archive
