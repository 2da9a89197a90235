#pragma once
#include <map>
#include <string>
#include <utility>

namespace ringback::redaction {

/// Values of one kind in the order of appearance: "user1", "user2".
class Numbered {
 public:
  explicit Numbered(std::string kind) : kind_(std::move(kind)) {}
  [[nodiscard]] std::string of(const std::string& value) {
    const auto [found, is_new] = masks_.try_emplace(value);
    if (is_new) found->second = kind_ + std::to_string(masks_.size());
    return found->second;
  }
  [[nodiscard]] const std::string* find(const std::string& value) const {
    const auto found = masks_.find(value);
    return found == masks_.end() ? nullptr : &found->second;
  }

 private:
  std::string kind_;
  std::map<std::string, std::string> masks_;
};

}  // namespace ringback::redaction
