#pragma once
namespace ringback {

/// How a report is laid out for a reader. Nothing is asked of the environment: the caller knows the terminal and the locale.
struct TextStyle {
  unsigned columns = 80;  ///< at least 40; commands alone may be longer
  bool color = false;     ///< ECMA-48 SGR codes
  bool unicode = true;    ///< false: ASCII alone
  bool verbose = false;   ///< also the probes and all that they observed

  bool operator==(const TextStyle&) const = default;
};

}  // namespace ringback
