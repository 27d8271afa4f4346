// How the verifier's page looks: on a screen, light or dark, and on A4. Thread safety: pure.
#pragma once

#include <string_view>

namespace perdura::verifier {

// A CSS style sheet that asks for nothing from elsewhere.
std::string_view page_style();

}  // namespace perdura::verifier
