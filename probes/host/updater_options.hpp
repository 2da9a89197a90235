#pragma once
/// Commands that start ddclient or inadyn, and the file that their options name (ddclient(8), inadyn(8)).
#include <string>
#include <string_view>
#include <vector>

namespace ringback::host {

struct DaemonCall {
  std::string program;   ///< "ddclient", "inadyn"
  std::string file;      ///< as it is written; empty: none is named, so it is the usual one
  bool operator==(const DaemonCall&) const = default;
};

/// One for each of the two that a command has among its words: of several calls the one that names a file.
[[nodiscard]] std::vector<DaemonCall> daemons_called_in(const std::vector<std::string>& words);

/// A word of a command, without the quotes around it and the mark that ends the command behind it.
[[nodiscard]] std::string bare(std::string_view word);

}  // namespace ringback::host
