#include "evidence/json.hpp"

#include <algorithm>

namespace ringback::json {

tl::unexpected<Error> wrong(const std::string& at, const std::string& expected, const Value& got) {
  std::string shown = got.is_structured() ? std::string(got.type_name()) : got.dump(-1, ' ', true, Value::error_handler_t::replace);
  if (shown.size() > 60) shown = shown.substr(0, 57) + "...";
  return failure(Errc::invalid_input, (at.empty() ? std::string("the document") : at) + ": expected " + expected + ", got " + shown);
}

const Value* Members::next(std::string_view name, bool later) {
  if (error_) return nullptr;
  const auto found = object_.find(std::string(name));
  place_ = at_ + "/" + std::string(name);
  if (found == object_.end()) {
    if (!later) error_ = Error{Errc::invalid_input, place_ + ": is missing"};
    return nullptr;
  }
  ++known_;
  return &*found;
}

std::optional<Error> Members::error(std::span<const std::string_view> names) {
  if (error_ || known_ == object_.size()) return error_;
  for (const auto& item : object_.items())
    if (std::ranges::find(names, item.key()) == names.end())
      return Error{Errc::invalid_input, at_ + "/" + item.key().substr(0, 60) + ": is not a key of this schema"};
  return Error{Errc::invalid_input, at_ + ": has a key twice"};
}

void put(Value& object, std::string_view name, Value member) { object[std::string(name)] = std::move(member); }

}  // namespace ringback::json
