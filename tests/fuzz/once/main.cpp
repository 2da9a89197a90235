/// In place of libFuzzer: gives the target no octets, and then each file that is named, whole and cut off in its middle. What is wrong ends the
/// program, as with libFuzzer.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Those that make inputs of their own call it; nobody does here.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t*, std::size_t size, std::size_t) { return size; }

int main(int count, char** arguments) {
  LLVMFuzzerTestOneInput(nullptr, 0);
  for (int i = 1; i < count; ++i) {
    std::ifstream file(arguments[i], std::ios::binary);
    if (!file) return std::fprintf(stderr, "cannot open %s\n", arguments[i]), 1;
    std::fprintf(stderr, "%s\n", arguments[i]);   // the last one said is the one that fails
    const std::vector<char> text{std::istreambuf_iterator<char>(file), {}};
    for (const auto size : {text.size(), text.size() / 2}) {
      const std::vector<std::uint8_t> octets(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));   // its own end is seen by ASan
      LLVMFuzzerTestOneInput(octets.data(), size);
    }
  }
  return std::printf("%d seeds\n", count - 1) < 0;
}
