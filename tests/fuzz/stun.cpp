/// STUN messages from the network: whatever the octets are, nothing crashes, and what is read says the same when it is built again.
#include "wire/stun.hpp"

#include <cstdlib>

#include "wire/printable.hpp"

using namespace ringback::wire;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto message = stun::parse(std::as_bytes(std::span(data, size)));
  if (!message) {
    const auto& what = message.error().what;
    require(!what.empty() && printable(what, what.size()) == what);
    return 0;
  }
  require(message->not_understood.size() <= 16 && message->unknown_attributes.size() <= 16);
  message->not_understood.clear();
  const auto again = stun::parse(stun::build(*message));
  require(again && *again == *message);
  return 0;
}
