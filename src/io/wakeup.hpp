#pragma once
/// Ends another thread's wait early (eventfd(2)). Without a descriptor left it does nothing, and the wait takes its full turn.
#include "base/unique_fd.hpp"

namespace ringback::io {

class Wakeup {
 public:
  Wakeup();
  void ring() const;
  /// What was rung so far is forgotten.
  void clear() const;
  [[nodiscard]] int fd() const { return event_.get(); }   ///< to be waited for; negative: there is none

 private:
  UniqueFd event_;
};

}  // namespace ringback::io
