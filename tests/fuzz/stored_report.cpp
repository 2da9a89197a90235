/// A stored report, as `show` reads it: whatever the file holds, it is read or refused with a reason. What is read can be judged again, shown in
/// every form, written and read once more without loss, and redacted, which twice is as good as once.
///
/// Bytes turned over make a file that is no JSON at all, mostly. So every other time a value of it is replaced, doubled or left out.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>

#include <nlohmann/json.hpp>

#include "diagnosis/diagnosis.hpp"
#include "report/format.hpp"
#include "report/json.hpp"
#include "report/judged.hpp"

namespace {

using Json = nlohmann::ordered_json;
using Dice = std::minstd_rand;

std::size_t pick(Dice& dice, std::size_t count) { return count == 0 ? 0 : dice() % count; }

/// Some value of the document, deep ones as likely as shallow ones.
Json& any_value(Json& document, Dice& dice) {
  auto* value = &document;
  while (value->is_structured() && !value->empty() && pick(dice, 8) != 0)
    value = &*std::next(value->begin(), static_cast<std::ptrdiff_t>(pick(dice, value->size())));
  return *value;
}

Json odd_value(const Json& document, Dice& dice) {
  static const Json values[] = {nullptr, true, 0, 1, -1, 65535, 65536, 4294967295U, 18446744073709551615ULL, 1.5, "", "::", "0.0.0.0", "192.0.2.1",
                                "2001:db8::1", "fe80::1", "443/tcp", "0/udp", "ipv4", "ipv6", "certain", "silent", "\u202e\u0007\xc3\xa4",
                                Json::array(), Json::object()};
  if (pick(dice, 3) != 0) return values[pick(dice, std::size(values))];
  auto copy = document;   // a value from elsewhere in the same report
  return any_value(copy, dice);
}

void change(Json& document, Dice& dice) {
  auto& value = any_value(document, dice);
  if (value.is_structured() && !value.empty() && pick(dice, 2) == 0) {
    const auto at = std::next(value.begin(), static_cast<std::ptrdiff_t>(pick(dice, value.size())));
    if (value.is_array() && pick(dice, 2) == 0) value.push_back(Json(*at));
    else value.erase(at);
  } else {
    value = odd_value(document, dice);
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  Dice dice(seed);
  auto document = Json::parse(data, data + size, nullptr, false);
  if (document.is_discarded() || pick(dice, 2) == 0) return LLVMFuzzerMutate(data, size, most);
  for (auto changes = 1 + pick(dice, 4); changes > 0; --changes) change(document, dice);
  const auto text = document.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, text.data(), text.size());
  return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ringback;
  const auto report = from_json({reinterpret_cast<const char*>(data), size});
  if (!report) {
    if (report.error().what.empty()) __builtin_trap();
    return 0;
  }
  const auto again = from_json(to_json(*report));
  if (!again || !(*again == *report)) __builtin_trap();
  for (const auto format : {Format::text, Format::json, Format::html, Format::markdown})
    if (render(*report, format, {}).empty()) __builtin_trap();
  static_cast<void>(exit_status(diagnose(report->evidence)));
  if (const auto masked = redacted(*report); masked && !(redacted(*masked) == masked)) __builtin_trap();
  return 0;
}
