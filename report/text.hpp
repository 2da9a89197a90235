#pragma once
/// The report for people: the verdict in a sentence, where it stops, what to do, and then what that rests on.
#include <string>

#include "report/report.hpp"
#include "report/style.hpp"

namespace ringback {

/// No line is longer than the style's columns, except commands and what else is to be copied into a file, and an address that is longer itself: it
/// stands whole, the only word of its line. What came from the network cannot act on the terminal.
[[nodiscard]] std::string to_text(const Report& report, const TextStyle& style = {});

}  // namespace ringback
