#include "cli/outputs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ringback::cli {

Expected<std::vector<Output>> read_outputs(const std::vector<boost::program_options::basic_option<char>>& in_order) {
  const auto refused = [](const std::string& what) { return failure(Errc::invalid_input, what); };
  std::vector<Output> outputs;
  std::optional<Format> open;
  Format latest = Format::text;
  for (const auto& option : in_order)
    for (const auto& text : option.value) {
      if (option.string_key == "format") {
        const auto format = from_name<Format>(text);
        if (!format) return refused(fmt::format("--format: \"{}\" is none of text, json, html, markdown", text.substr(0, 40)));
        if (open) return refused(fmt::format("-f {} has no -o of its own; write -f {} -o FILE -f {} -o FILE", to_string(*open), to_string(*open), text));
        open = latest = *format;
      } else if (option.string_key == "output") {
        if (text.empty()) return refused("--output: an empty file name; - is standard output");
        outputs.push_back({latest, text});
        open.reset();
      }
    }
  if (open || outputs.empty()) outputs.push_back({open.value_or(Format::text), "-"});
  if (std::ranges::count(outputs, std::string("-"), &Output::path) > 1) return refused("only one report can go to standard output");
  return outputs;
}

}  // namespace ringback::cli
