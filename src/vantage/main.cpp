#include <sys/random.h>
#include <sysexits.h>

#include <exception>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "base/standard_descriptors.hpp"
#include "vantage/program.hpp"

namespace {

class SystemClock : public ringback::Clock {
 public:
  [[nodiscard]] ringback::Instant now() const override { return std::chrono::steady_clock::now(); }
  void sleep_until(ringback::Instant until) const override { std::this_thread::sleep_until(until); }
};

class SystemRandom : public ringback::Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    while (!bytes.empty()) {
      const auto got = ::getrandom(bytes.data(), bytes.size(), 0);
      if (got < 0) throw std::runtime_error("getrandom failed");
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
  }
};

}  // namespace

int main(int argc, char* argv[]) {
  if (!ringback::hold_standard_descriptors()) return EX_SOFTWARE;
  try {
    const SystemClock clock;
    SystemRandom random;
    return ringback::vantage::run_program({argv + 1, argv + argc}, clock, random, std::cout, std::cerr);
  } catch (const std::exception& fault) {
    std::cerr << "ringback-vantage: internal fault: " << fault.what() << '\n';
    return EX_SOFTWARE;
  }
}
