#pragma once
/// Inside of src/wire alone: how much work is still done for one answer. Whoever sends it may have made it to cost a lot.
#include "wire/dnssec.hpp"

namespace ringback::wire::dns::sec {

struct Work {
  unsigned signatures = most_signatures_tried, keys = most_keys_compared, names = most_names_hashed;
  std::function<bool()> more_time;         ///< empty: no end

  [[nodiscard]] bool in_time() const { return !more_time || more_time(); }
  /// One piece of it; false: it is not done any more.
  [[nodiscard]] bool take(unsigned Work::* kind) {
    if (this->*kind == 0 || !in_time()) return false;
    --(this->*kind);
    return true;
  }
  /// For the next answer.
  void refill() { signatures = most_signatures_tried, keys = most_keys_compared, names = most_names_hashed; }
};

}  // namespace ringback::wire::dns::sec
