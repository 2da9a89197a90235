#include "vantage/protocol.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ringback::vantage {
namespace {

using Json = nlohmann::ordered_json;

tl::unexpected<Error> wrong(std::string_view place, std::string_view right) {
  return failure(Errc::invalid_input, fmt::format("{} must be {}", place, right));
}

bool is_id(std::string_view text) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !text.empty() && text.size() <= 32 && text.find_first_not_of(allowed) == std::string_view::npos;
}

/// nullopt: not there, not a whole number, or not from `least` to `most`.
std::optional<unsigned> whole_number(const Json& object, const char* key, unsigned least, unsigned most) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  const auto value = found->get<std::uint64_t>();
  if (value < least || value > most) return std::nullopt;
  return static_cast<unsigned>(value);
}

Expected<KnockSpec> parse_knock(const Json& knock, const std::string& place) {
  if (!knock.is_object()) return wrong(place, "an object");
  KnockSpec spec;
  const auto id = knock.find("id");
  if (id == knock.end() || !id->is_string() || !is_id(id->get_ref<const std::string&>()))
    return wrong(place + "/id", "a string of 1 to 32 characters out of A-Z a-z 0-9 . _ -");
  spec.id = id->get<std::string>();

  const auto protocol = knock.find("protocol");
  const auto known =
      protocol != knock.end() && protocol->is_string() ? from_name<Protocol>(protocol->get_ref<const std::string&>()) : std::nullopt;
  if (!known) return wrong(place + "/protocol", "\"tcp\", \"udp\" or \"icmp\"");
  spec.protocol = *known;

  if (spec.protocol == Protocol::icmp) {
    if (knock.contains("port")) return wrong(place + "/port", "absent for icmp");
    return spec;
  }
  const auto port = whole_number(knock, "port", 1, 65535);
  if (!port) return wrong(place + "/port", "a whole number from 1 to 65535");
  spec.port = static_cast<Port>(*port);
  return spec;
}

std::string line(const Json& json) { return json.dump() + "\n"; }

}  // namespace

Expected<KnockRequest> parse_knock_request(std::string_view body) {
  // nlohmann::json parses and destroys without recursion, so depth is bounded by the length of the body alone.
  const auto json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) return wrong("the body", "one JSON document in UTF-8");
  if (!json.is_object()) return wrong("the body", R"(an object like {"knocks":[{"id":"a","protocol":"tcp","port":443}]})");

  KnockRequest request;
  if (json.contains("timeout_ms")) {
    const auto timeout =
        whole_number(json, "timeout_ms", static_cast<unsigned>(shortest_timeout.count()), static_cast<unsigned>(longest_timeout.count()));
    if (!timeout)
      return wrong("/timeout_ms", fmt::format("a whole number from {} to {}", shortest_timeout.count(), longest_timeout.count()));
    request.timeout = milliseconds(*timeout);
  }
  const auto knocks = json.find("knocks");
  if (knocks == json.end() || !knocks->is_array() || knocks->empty() || knocks->size() > knocks_per_request)
    return wrong("/knocks", fmt::format("an array of 1 to {} knocks", knocks_per_request));
  for (std::size_t i = 0; i < knocks->size(); ++i) {
    const auto place = fmt::format("/knocks/{}", i);
    auto spec = parse_knock((*knocks)[i], place);
    if (!spec) return tl::unexpected(spec.error());
    if (std::ranges::find(request.knocks, spec->id, &KnockSpec::id) != request.knocks.end())
      return wrong(place + "/id", "different from the id of every other knock");
    request.knocks.push_back(std::move(*spec));
  }
  return request;
}

std::string announce_line(const Announcement& a) {
  Json json{{"type", "announce"},
            {"id", a.id},
            {"protocol", to_string(a.protocol)},
            {"port", a.port},
            {"target", a.target.to_string()},
            {"source", {{"address", a.source.to_string()}, {"port", a.ports.empty() ? Port{0} : a.ports.front()}}}};
  if (a.protocol != Protocol::icmp) json["ports"] = a.ports;
  json["nonce"] = a.nonce;
  return line(json);
}

std::string result_line(const std::string& id, const Outcome& outcome, milliseconds elapsed) {
  Json json{{"type", "result"}, {"id", id}, {"result", to_string(outcome.result)}, {"elapsed_ms", elapsed.count()}};
  if (outcome.icmp) json["icmp"] = {{"type", outcome.icmp->type}, {"code", outcome.icmp->code}};
  if (!outcome.reason.empty()) json["reason"] = outcome.reason;
  return line(json);
}

std::string address_body(const Endpoint& caller, const std::vector<Family>& families) {
  Json names = Json::array();
  for (const auto family : families) names.push_back(to_string(family));
  return line({{"address", caller.address.to_string()}, {"port", caller.port}, {"families", names}, {"version", RINGBACK_VERSION}});
}

std::string problem_body(const Problem& problem) {
  return line({{"type", fmt::format("urn:ringback:vantage:{}", problem.type)},
               {"title", problem.title},
               {"status", problem.status},
               {"detail", problem.detail}});
}

}  // namespace ringback::vantage
