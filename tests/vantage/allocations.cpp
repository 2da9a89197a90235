#include "vantage/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

thread_local bool may_fail = false;
thread_local long allocated = 0;
std::atomic<long> left{0};  // 0: none fails

}  // namespace

namespace ringback::test {

MayFail::MayFail() { may_fail = true; }
MayFail::~MayFail() { may_fail = false; }

void fail_allocation(long n) { left = n; }
bool has_failed() { return left < 0; }
long allocations() { return allocated; }
bool stop_failing() { return left.exchange(0) < 0; }

}  // namespace ringback::test

// The array forms are left as they are: nothing in the server uses them, and the sanitizers have theirs.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocated;
  if (may_fail && left > 0 && left.fetch_sub(1) == 1) {
    left = -1;
    return nullptr;
  }
  return std::malloc(size);  // NOLINT: this is what it is made of
}
void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
