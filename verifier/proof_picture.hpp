// A chain of proof as a picture (SVG, to stand within an HTML page): when each time-stamp was made,
// until when it was relied on, how long its certificate holds and when its first algorithm ends.
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "verifier/proof_chain.hpp"
#include "verifier/texts.hpp"

namespace perdura::verifier {

// The picture; its classes are those of page_style(). Empty when no time-stamp could be read.
std::string proof_picture(const ProofChain& chain, const std::string& label, Time at,
                          Language language);

// "CN" of a subject as RFC 2253 text, for places where there is no room for all of it.
std::string short_name(const std::string& subject);

}  // namespace perdura::verifier
