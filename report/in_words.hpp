#pragma once
/// The masks of a redacted report, as people read them: "public IPv4 #1" where the report has an address that nobody has.
#include <map>
#include <string>
#include <string_view>

#include "report/report.hpp"

namespace ringback {

class MasksInWords {
 public:
  explicit MasksInWords(const Legend& legend);
  /// The text with what each mask stands for in its place. A command is none any more then, and is of no use to anybody either way.
  [[nodiscard]] std::string operator()(std::string_view text) const;

 private:
  [[nodiscard]] const std::string* find(std::string_view mask) const;
  std::map<std::string, std::string, std::less<>> words_;
};

/// Its sentences and commands. Addresses that have a type stay masks; so does the evidence.
[[nodiscard]] Report in_words(Report report);

}  // namespace ringback
