#pragma once
/// This host's own filter keeps a knock or its answer, as far as the rules tell.
#include "diagnosis/stops_here.hpp"

namespace ringback::diagnosis {

/// A rule for what leaves this host drops the answer: a packet so dropped is not seen on the card.
[[nodiscard]] std::optional<Judgement> answer_held_back(const Context& x);
/// A rule lets only so many in, and this knock may have been one too many.
[[nodiscard]] std::optional<Judgement> one_too_many(const Context& x);
/// The rules let this visitor in, and yet nothing left in answer.
[[nodiscard]] Judgement kept_out_unseen(const Context& x);

}  // namespace ringback::diagnosis
