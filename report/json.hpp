#pragma once
/// The report as JSON and back, schema "ringback.report/1".
#include <string>
#include <string_view>

#include "report/report.hpp"

namespace ringback {

/// Without a final newline; one line unless `pretty`, so that reports concatenate as NDJSON. Plain ASCII: what is beyond it is
/// escaped, so that nothing from the network can act on a terminal; bytes that are not UTF-8 become U+FFFD. Never throws.
[[nodiscard]] std::string to_json(const Report& report, bool pretty = false);

/// One report. Keys that this version does not know are passed over (adding is free), and with them the pointers of findings to what
/// stands there; codes that it does not know stay as they are; evidence that an older version did not gather yet is absent. A key that
/// comes twice in one object, and everything else that is not as the contract says (promises.hpp), is `Errc::invalid_input`, with the place
/// (an RFC 6901 pointer, or line and column) and what would be right. At most 64 MiB, 64 levels, 256 keys in an object, 2 million values.
[[nodiscard]] Expected<Report> from_json(std::string_view text);

}  // namespace ringback
