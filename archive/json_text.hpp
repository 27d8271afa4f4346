// JSON that people and programs give us, read with an error that they understand.
//
// Thread safety: none needed; each call stands alone.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

namespace perdura::archive {

// The value that `text` is. Throws std::invalid_argument, which says what is wrong with it and
// nothing of where in our own source it was noticed.
boost::json::value parse_json(std::string_view text);

}  // namespace perdura::archive
