#include "wire/packet.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto packet = ringback::wire::parse_packet({reinterpret_cast<const std::byte*>(data), size});
  if (packet && packet->payload.size() > size) __builtin_trap();
  return 0;
}
