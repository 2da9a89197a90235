/// A capture file from a stranger: the reader, the link layers, the tracker and the verdict. Seeds: fixtures/capture.
#include "report/arrivals.hpp"
#include "watch/read.hpp"

namespace {

class Memory : public ringback::io::ByteSource {
 public:
  explicit Memory(std::span<const std::byte> bytes) : left_(bytes) {}
  ringback::Expected<std::size_t> read(std::span<std::byte> into) override {
    const auto size = std::min({into.size(), left_.size(), std::size_t{1000}});
    std::copy_n(left_.begin(), size, into.begin());
    left_ = left_.subspan(size);
    return size;
  }

 private:
  std::span<const std::byte> left_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace ringback;
  const std::span bytes{reinterpret_cast<const std::byte*>(data), size};
  for (const auto& service : {std::optional<Service>{}, std::optional<Service>{{Protocol::tcp, 443, 443}}}) {
    const auto file = watch::read_capture(std::make_unique<Memory>(bytes), {.service = service, .most_attempts = 64});
    if (!file) continue;
    if (file->attempts.size() > 64) __builtin_trap();
    const auto verdict = arrivals::verdict_of(file->attempts, file->counts, service, true, true);
    if (verdict_text(verdict, {}).empty() || verdict_json("fuzz", verdict, "end", 0, &file->facts).find('\n') != std::string::npos) __builtin_trap();
    if (contents_text(file->facts, {}).empty()) __builtin_trap();
    for (const auto& attempt : file->attempts)
      if (arrival_text(attempt, arrivals::judge_packets(attempt), "", {}, nullptr).empty()) __builtin_trap();
  }
  return 0;
}
