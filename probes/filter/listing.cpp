#include "probes/filter/listing.hpp"

#include <charconv>
#include <optional>
#include <vector>

namespace ringback::filter {
namespace {

constexpr std::string_view handle_mark = " # handle ";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The words before "{".
std::vector<std::string_view> heading_words(std::string_view line) {
  std::vector<std::string_view> words;
  line = line.substr(0, line.find('{'));
  while (!(line = trimmed(line)).empty()) {
    const auto end = line.find(' ');
    words.push_back(line.substr(0, end));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end);
  }
  return words;
}

struct Numbered {
  std::string_view text;
  unsigned handle = 0;
};

/// "TEXT # handle 7". A comment may hold the mark as well: the last one counts.
std::optional<Numbered> split_handle(std::string_view line) {
  const auto mark = line.rfind(handle_mark);
  if (mark == std::string_view::npos) return std::nullopt;
  const auto digits = line.substr(mark + handle_mark.size());
  Numbered result{line.substr(0, mark), 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result.handle);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return result;
}

class Reader {
 public:
  Listing read(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find('\n');
      line(text.substr(0, end));
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
    }
    return std::move(listing_);
  }

 private:
  /// Indentation tells: a table stands at the margin, its chains and sets one tab in, their content two.
  void line(std::string_view raw) {
    if (raw.starts_with("\t\t")) return content(trimmed(raw));
    unfinished_.clear();
    if (raw.empty()) return;
    if (raw.starts_with("\t")) return block(trimmed(raw));
    const auto words = heading_words(raw);
    chain_ = nullptr;
    table_ = words.size() >= 3 && words[0] == "table" ? std::string(words[1]) + ' ' + std::string(words[2]) : std::string();
  }

  void block(std::string_view heading) {
    const auto words = heading_words(heading);
    chain_ = nullptr;
    if (!table_.empty() && words.size() >= 2 && words[0] == "chain") chain_ = &listing_[table_ + ' ' + std::string(words[1])];
  }

  void content(std::string_view text) {
    if (chain_ == nullptr) return;
    if (text.starts_with("type ") && text.find(" hook ") != std::string_view::npos) {
      chain_->heading = text;
      return;
    }
    // A long rule is broken into several lines; the handle stands at the end of the last one.
    unfinished_ += unfinished_.empty() ? std::string(text) : ' ' + std::string(text);
    const auto numbered = split_handle(unfinished_);
    if (!numbered) return;
    chain_->rules.emplace(numbered->handle, std::string(numbered->text));
    unfinished_.clear();
  }

  Listing listing_;
  std::string table_, unfinished_;
  ListedChain* chain_ = nullptr;
};

}  // namespace

std::string chain_key(std::string_view family, std::string_view table, std::string_view chain) {
  std::string key(family);
  return key.append(" ").append(table).append(" ").append(chain);
}

Listing parse_listing(std::string_view text) { return Reader().read(text); }

}  // namespace ringback::filter
