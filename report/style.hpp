#pragma once
#include <string>

namespace ringback {

/// How a report is laid out for a reader. Nothing is asked of the environment: the caller knows the terminal and the locale.
struct TextStyle {
  unsigned columns = 80;  ///< at least 40; commands and addresses alone may be longer
  bool color = false;     ///< ECMA-48 SGR codes
  bool unicode = true;    ///< false: ASCII alone
  bool verbose = false;   ///< also the probes and all that they observed
  /// What a shell here finds this program by. A report says "ringback" in every command: it is the same wherever it was made, and the path
  /// belongs to the reader's machine.
  std::string program = "ringback";

  bool operator==(const TextStyle&) const = default;
};

}  // namespace ringback
