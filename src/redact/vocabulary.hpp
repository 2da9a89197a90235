#pragma once
#include <string_view>

namespace ringback::redaction {

/// A word that identifies nobody: of this program's own sentences and those of the libraries that it asks, of the languages of packet filters and
/// of updaters, of systems, common programs and paths. In any case of letters, and with a number of up to three digits behind it ("eth0").
/// A letter alone is common, too.
[[nodiscard]] bool is_common_word(std::string_view word);
/// One of those words is a name that people have, too: "mark". Where people write, it is theirs.
[[nodiscard]] bool is_given_name(std::string_view word);
/// Of a name that people chose: one of its words, or that with a number behind it, is one ("wg-mark2").
[[nodiscard]] bool holds_given_name(std::string_view text);

}  // namespace ringback::redaction
