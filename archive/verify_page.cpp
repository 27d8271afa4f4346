#include "archive/verify_page.hpp"

namespace perdura::archive {

#ifdef PERDURA_VERIFY_PAGE
// Both compilers take literals of any length.
#pragma GCC diagnostic ignored "-Woverlength-strings"
std::string_view verify_page() {
  static constexpr char page[] =
#include PERDURA_VERIFY_PAGE
      ;
  return {page, sizeof page - 1};
}
#else
std::string_view verify_page() { return {}; }
#endif

}  // namespace perdura::archive
