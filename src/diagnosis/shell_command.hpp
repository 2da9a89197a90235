#pragma once
/// Commands that a reader copies into a shell. A stored report comes from a stranger, so its strings (interfaces, tables, names) must not
/// become commands: a Command is made of text written here and of operands that are quoted, and in no other way.
#include <fmt/format.h>

#include <concepts>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/diagnosis.hpp"
#include "net/address.hpp"

namespace ringback::diagnosis {

/// A word of a program's own language that the shell's quotes do not protect: nft(8) reads its arguments joined, so that a table called
/// "x; flush ruleset" is two commands to it.
struct Identifier {
  std::string text;
};

/// One word of a POSIX shell (IEEE 1003.1 §2.2.2), quoted where it is not plain. Absent where no reader could see what he copies: control
/// characters or bytes beyond ASCII, nothing at all, more than 255 bytes, or a first character that programs take for an option (-, +, @).
[[nodiscard]] std::optional<std::string> operand(const std::string& text);
[[nodiscard]] std::optional<std::string> operand(const Identifier& identifier);
[[nodiscard]] inline std::optional<std::string> operand(const Address& address) { return operand(address.to_string()); }
[[nodiscard]] inline std::optional<std::string> operand(std::string_view text) { return operand(std::string(text)); }
[[nodiscard]] std::optional<std::string> operand(std::unsigned_integral auto number) { return fmt::format("{}", number); }

/// For a sentence: the text where it is plain, otherwise these words.
[[nodiscard]] std::string plain_or(const std::string& text, const char* otherwise);

class Command {
 public:
  /// `form` is a literal, and each {} in it stands outside of quotes.
  template <class... Args>
  Command(fmt::format_string<std::conditional_t<true, std::string, Args>...> form, const Args&... args) {
    fill(fmt::string_view(form), {operand(args)...});
  }
  /// Absent where an operand does not fit into any command.
  [[nodiscard]] const std::optional<std::string>& text() const { return text_; }
  /// More words of the same command.
  friend Command operator+(Command command, const Command& more) {
    if (command.text_ && more.text_)
      *command.text_ += ' ' + *more.text_;
    else
      command.text_.reset();
    return command;
  }

 private:
  void fill(fmt::string_view form, std::initializer_list<std::optional<std::string>> operands);
  std::optional<std::string> text_;
};

/// A remedy without the commands that cannot be written. They stand behind all steps.
[[nodiscard]] Remedy advise(std::string title, std::vector<std::string> steps, const std::vector<Command>& commands = {});

/// What is done at one time: in words, and in the commands that are run then. Where none of them can be written, it is left out: its words are of
/// them.
struct Step {
  std::string words;
  std::vector<Command> commands = {};
};
[[nodiscard]] Remedy advise_by_steps(std::string title, const std::vector<Step>& steps);

/// Behind all others.
void add_step(Remedy& remedy, const Step& step);
/// The commands stay with their steps.
void insert_step(Remedy& remedy, std::size_t before, std::string words);

}  // namespace ringback::diagnosis
