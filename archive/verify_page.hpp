// verify.html: a verifier for browsers that opens from the disk and needs no network. It is part of
// the program, so that every package can hold it.
#pragma once

#include <string_view>

namespace perdura::archive {

// The whole page; "" when the program was built without it. Thread safety: pure.
std::string_view verify_page();

}  // namespace perdura::archive
