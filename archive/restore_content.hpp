// Stored copies that are damaged, replaced: what a deposit does that was sent again, of which the
// store no longer has every document as it was. It makes no new record, so that there is no new row
// to name another copy: the row that names the damaged one is amended.
#pragma once

#include <vector>

#include "archive/archive.hpp"
#include "archive/content.hpp"

namespace perdura::archive {

// Stores `contents` where the content index finds them from then on, and erases damaged copies that
// are objects of their own. Each is a content that the store has, damaged; small ones may be in the
// store already. Dying on the way leaves each of them damaged or whole, and perhaps an object that
// nothing refers to. Errors: malformed, io; some may be restored then.
// Thread safety: whoever holds the journal's turn.
Result<Ok> restore_contents(Archive& archive, Journal::Turn& turn,
                            std::vector<SealedContent> contents);

}  // namespace perdura::archive
