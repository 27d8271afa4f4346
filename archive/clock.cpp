#include "archive/clock.hpp"

#include <ctime>

namespace perdura::archive {

Time SystemClock::now() const { return {static_cast<std::int64_t>(std::time(nullptr))}; }

}  // namespace perdura::archive
