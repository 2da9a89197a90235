/// A stored report, as `show` reads it: whatever the file holds, it is read or refused with a reason. What is read can be judged again, shown in
/// every form, and written and read once more without loss.
#include <cstddef>
#include <cstdint>

#include "diagnosis/diagnosis.hpp"
#include "report/format.hpp"
#include "report/json.hpp"

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
  return 0;
}
