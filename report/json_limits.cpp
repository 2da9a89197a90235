#include "report/json_limits.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <vector>

namespace ringback {
namespace {

using Json = nlohmann::ordered_json;

/// Where the reader stands, level by level.
struct Container {
  bool is_object = false;
  std::size_t elements = 0;       ///< of an array, so far
  std::vector<std::string> keys;  ///< of an object, so far; bounded, and so searched one by one
};

std::string place_in(const Container& level) {
  if (level.is_object) return level.keys.empty() ? "" : level.keys.back().substr(0, 60);
  return std::to_string(level.elements - std::min<std::size_t>(level.elements, 1));
}

std::string shortened(const std::string& text, std::size_t longest) { return text.size() > longest ? text.substr(0, longest) + "..." : text; }

class Checker : public nlohmann::json_sax<Json> {
 public:
  Checker(const JsonLimits& limits, std::size_t size) : limits_(limits), size_(size) {}

  std::optional<std::string> fault;

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool string(string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return value() && enter(true); }
  bool start_array(std::size_t) override { return value() && enter(false); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }

  bool key(string_t& name) override {
    auto& keys = levels_.back().keys;
    const bool is_known = std::ranges::find(keys, name) != keys.end();
    keys.push_back(name);
    if (keys.size() > limits_.keys) return stop(fmt::format("more than {} keys in one object", limits_.keys));
    return !is_known || stop("comes twice in one object");
  }

  bool parse_error(std::size_t byte, const std::string& token, const nlohmann::detail::exception& e) override {
    constexpr int number_overflow = 406;
    if (e.id == number_overflow) return value() && stop(fmt::format("expected a number in range, got {}", shortened(token, 60)));
    std::string what = e.what();  // "[json.exception.parse_error.101] parse error at line 1, column 2: …"
    if (const auto at = what.find("parse error at "); at != std::string::npos) what.erase(0, at + 15);
    const bool is_behind_its_end = byte > size_;
    const auto* in_plain_words = !entered_ && !is_behind_its_end ? "the document: is not JSON (a report is what -f json writes): "
                                 : is_behind_its_end             ? "the document: seems to be cut off: "
                                                                 : "the document: is not JSON any more: ";
    fault = fmt::format("{}{} (byte {})", in_plain_words, what, byte);
    return false;
  }

 private:
  bool value() {
    if (++values_ > limits_.values) return stop(fmt::format("more than {} values", limits_.values));
    if (!levels_.empty() && !levels_.back().is_object) ++levels_.back().elements;
    return true;
  }
  bool enter(bool is_object) {
    if (levels_.size() == limits_.levels) return stop(fmt::format("nested deeper than {} levels", limits_.levels));
    levels_.push_back({is_object, 0, {}});
    entered_ = true;
    return true;
  }
  bool leave() {
    levels_.pop_back();
    return true;
  }
  bool stop(const std::string& why) {
    std::string at;
    for (const auto& level : levels_) at += "/" + place_in(level);
    fault = fmt::format("{}: {}", at.empty() ? "the document" : shortened(at, 200), why);
    return false;
  }

  JsonLimits limits_;
  std::size_t size_;   ///< bytes of the whole document
  std::size_t values_ = 0;
  std::vector<Container> levels_;
  bool entered_ = false;   ///< it began as an object or an array
};

}  // namespace

std::optional<std::string> json_fault(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) return fmt::format("the document: has {} bytes, at most {} are read", text.size(), limits.bytes);
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return "the document: is empty";
  Checker checker(limits, text.size());
  if (Json::sax_parse(text, &checker)) return std::nullopt;
  return checker.fault.value_or("the document: is not JSON");
}

}  // namespace ringback
