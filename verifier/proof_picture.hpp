// A chain of proof as a picture (SVG, to stand within an HTML page): when each time-stamp was made,
// until when it was relied on, how long its certificate holds and when its first algorithm ends.
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "verifier/proof_chain.hpp"
#include "verifier/texts.hpp"

namespace perdura::verifier {

// The picture of the chain at a position; its classes are those of page_style(). Empty when no
// time-stamp could be read.
std::string proof_picture(const ProofChains& chains, std::size_t position, Time at,
                          Language language);
// How many of a chain's time-stamps a picture has room for: the first, and the newest.
inline constexpr std::size_t pictured_max = 24;

// "CN" of a subject as RFC 2253 text, for places where there is no room for all of it.
std::string short_name(const std::string& subject);

}  // namespace perdura::verifier
