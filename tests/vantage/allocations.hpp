#pragma once
/// Counts allocations, and lets one fail, so that a test can see what becomes of everything else. One test program alone has this operator new.

namespace ringback::test {

/// Allocations of the thread that it lives on may fail.
class MayFail {
 public:
  MayFail();
  ~MayFail();
  MayFail(const MayFail&) = delete;
  MayFail& operator=(const MayFail&) = delete;
};

/// The n-th from now on, of all such threads; 1 is the next one.
void fail_allocation(long n);
[[nodiscard]] bool has_failed();
/// None fails any more. Whether one did.
bool stop_failing();
/// Of this thread, since it began.
[[nodiscard]] long allocations();

}  // namespace ringback::test
