#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vantage/protocol.hpp"

namespace ringback::vantage {
namespace {

using Json = nlohmann::json;

/// What stands at one place of the body, as far as it is of interest.
struct Value {
  std::optional<std::uint64_t> number = {};
  std::optional<std::string> text = {};
};
struct RawKnock {
  bool is_object = false;
  std::optional<Value> id = {}, protocol = {}, port = {};
};
struct RawRequest {
  bool is_object = false;
  std::optional<Value> timeout_ms = {};
  bool has_knocks = false;
  std::vector<RawKnock> knocks = {};  ///< one more than is permitted at most
};

/// Keeps of a body what is asked for, however deep and wide the rest is. No tree of values is built: nlohmann's would allocate in its
/// destructor, which ends the program where there is no memory.
class Reader : public nlohmann::json_sax<Json> {
 public:
  RawRequest request;

  bool null() override { return scalar({}); }
  bool boolean(bool) override { return scalar({}); }
  bool number_integer(number_integer_t) override { return scalar({}); }  // below zero
  bool number_unsigned(number_unsigned_t number) override { return scalar({.number = number}); }
  bool number_float(number_float_t, const string_t&) override { return scalar({}); }
  bool string(string_t& text) override { return scalar({.text = std::move(text)}); }
  bool binary(binary_t&) override { return scalar({}); }
  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }
  bool key(string_t& name) override {
    if (depth_ == 1) key_ = std::move(name);
    if (depth_ == 3) key_in_knock_ = std::move(name);
    return true;
  }

 private:
  /// A value that is no object and no array, where `depth_` containers are open around it.
  bool scalar(Value value) {
    if (depth_ == 1 && key_ == "timeout_ms") request.timeout_ms = std::move(value);
    else if (depth_ == 1 && key_ == "knocks") request.has_knocks = false;
    else if (depth_ == 2 && in_knocks_) add_knock(false);
    else if (depth_ == 3 && in_knock_) keep(std::move(value));
    return true;
  }

  bool open(bool is_object) {
    if (depth_ == 0) request.is_object = is_object;
    else if (depth_ == 1 && key_ == "knocks") {
      request.has_knocks = in_knocks_ = !is_object;
      request.knocks.clear();
    } else if (depth_ == 2 && in_knocks_) {
      add_knock(is_object);
      in_knock_ = is_object;
    } else {
      scalar({});
    }
    ++depth_;
    return true;
  }

  bool close() {
    --depth_;
    if (depth_ == 2) in_knock_ = false;
    if (depth_ == 1) in_knocks_ = false;
    return true;
  }

  void add_knock(bool is_object) {
    if (request.knocks.size() <= knocks_per_request) request.knocks.push_back({.is_object = is_object});
  }

  void keep(Value value) {
    auto& knock = request.knocks.back();
    if (key_in_knock_ == "id") knock.id = std::move(value);
    else if (key_in_knock_ == "protocol") knock.protocol = std::move(value);
    else if (key_in_knock_ == "port") knock.port = std::move(value);
  }

  std::size_t depth_ = 0;
  std::string key_;
  std::string key_in_knock_;
  bool in_knocks_ = false;
  bool in_knock_ = false;
};

tl::unexpected<Error> wrong(std::string_view place, std::string_view right) {
  return failure(Errc::invalid_input, fmt::format("{} must be {}", place, right));
}

bool is_id(std::string_view text) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !text.empty() && text.size() <= 32 && text.find_first_not_of(allowed) == std::string_view::npos;
}

/// nullopt: not there, not a whole number, or not from `least` to `most`.
std::optional<unsigned> whole_number(const std::optional<Value>& value, unsigned least, unsigned most) {
  if (!value || !value->number || *value->number < least || *value->number > most) return std::nullopt;
  return static_cast<unsigned>(*value->number);
}

Expected<KnockSpec> to_knock(const RawKnock& raw, const std::string& place) {
  if (!raw.is_object) return wrong(place, "an object");
  KnockSpec spec;
  if (!raw.id || !raw.id->text || !is_id(*raw.id->text))
    return wrong(place + "/id", "a string of 1 to 32 characters out of A-Z a-z 0-9 . _ -");
  spec.id = *raw.id->text;

  const auto known = raw.protocol && raw.protocol->text ? from_name<Protocol>(*raw.protocol->text) : std::nullopt;
  if (!known) return wrong(place + "/protocol", "\"tcp\", \"udp\" or \"icmp\"");
  spec.protocol = *known;

  if (spec.protocol == Protocol::icmp) {
    if (raw.port) return wrong(place + "/port", "absent for icmp");
    return spec;
  }
  const auto port = whole_number(raw.port, 1, 65535);
  if (!port) return wrong(place + "/port", "a whole number from 1 to 65535");
  spec.port = static_cast<Port>(*port);
  return spec;
}

}  // namespace

Expected<KnockRequest> parse_knock_request(std::string_view body) {
  Reader reader;
  if (!Json::sax_parse(body, &reader)) return wrong("the body", "one JSON document in UTF-8");
  const auto& raw = reader.request;
  if (!raw.is_object) return wrong("the body", R"(an object like {"knocks":[{"id":"a","protocol":"tcp","port":443}]})");

  KnockRequest request;
  if (raw.timeout_ms) {
    const auto timeout =
        whole_number(raw.timeout_ms, static_cast<unsigned>(shortest_timeout.count()), static_cast<unsigned>(longest_timeout.count()));
    if (!timeout)
      return wrong("/timeout_ms", fmt::format("a whole number from {} to {}", shortest_timeout.count(), longest_timeout.count()));
    request.timeout = milliseconds(*timeout);
  }
  if (!raw.has_knocks || raw.knocks.empty() || raw.knocks.size() > knocks_per_request)
    return wrong("/knocks", fmt::format("an array of 1 to {} knocks", knocks_per_request));
  for (std::size_t i = 0; i < raw.knocks.size(); ++i) {
    const auto place = fmt::format("/knocks/{}", i);
    auto spec = to_knock(raw.knocks[i], place);
    if (!spec) return tl::unexpected(spec.error());
    if (std::ranges::find(request.knocks, spec->id, &KnockSpec::id) != request.knocks.end())
      return wrong(place + "/id", "different from the id of every other knock");
    request.knocks.push_back(std::move(*spec));
  }
  return request;
}

}  // namespace ringback::vantage
