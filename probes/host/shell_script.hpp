#pragma once
/// What a shell is told, as far as it can be read without being one: variables that are set, words, and parameters of URLs.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::host {

class ShellScript {
 public:
  /// Both outlive it. `arguments`: what it is called with, variables that are set before it ("device=eth0") included.
  ShellScript(std::string_view text, const std::vector<std::string>& arguments);

  /// Without comments, and without lines that no person wrote.
  [[nodiscard]] const std::vector<std::string_view>& lines() const { return lines_; }
  [[nodiscard]] bool mentions(std::string_view word) const;
  /// "$1", "${hostname}", "$device" become what they stand for, as far as that is written down.
  [[nodiscard]] std::string resolved(const std::string& word, unsigned depth = 0) const;

 private:
  [[nodiscard]] std::string variable(std::string_view name) const;

  std::vector<std::string_view> lines_;
  const std::vector<std::string>& arguments_;
};

/// "key=value" of a URL's query, of "-d key=value" or of "--data key=value".
[[nodiscard]] std::optional<std::string> url_parameter(std::string_view line, std::string_view key);
/// "NAME=$(COMMAND)", or the same with backquotes; the parameter of a URL is filled so too.
struct FilledVariable {
  std::string name;           ///< empty: none that anybody would write
  std::string_view command;   ///< up to the first bracket that closes
};
[[nodiscard]] std::vector<FilledVariable> variables_filled_in(std::string_view line);
/// "NAME" of "$NAME" or "${NAME…}"; empty: it is none.
[[nodiscard]] std::string variable_named_by(std::string_view word);

}  // namespace ringback::host
