#include "probes/inbound/conversation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ringback::inbound {
namespace {

using nlohmann::json;

constexpr std::size_t longest_line = 4096;

/// The member at `key` as a string, or nothing.
std::optional<std::string> text(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<unsigned> number(const json& object, const char* key, unsigned most) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned() || found->get<std::uint64_t>() > most) return std::nullopt;
  return found->get<unsigned>();
}

tl::unexpected<Error> bad(const std::string& what) { return failure(Errc::malformed, "vantage point's line: " + what); }

Expected<Line> parse_announcement(const json& object, std::string id) {
  Announcement a{.id = std::move(id)};
  const auto target = Address::parse(text(object, "target").value_or(""));
  if (!target) return bad("no address as target");
  a.target = *target;
  const auto source = object.find("source");
  if (source == object.end() || !source->is_object()) return bad("no source");
  const auto address = Address::parse(text(*source, "address").value_or(""));
  const auto port = number(*source, "port", 65535);
  if (!address || !port) return bad("source without address or port");
  a.source = {*address, static_cast<Port>(*port)};
  a.ports = {a.source.port};
  if (const auto ports = object.find("ports"); ports != object.end() && ports->is_array())
    for (const auto& entry : *ports)
      if (a.ports.size() < 16 && entry.is_number_unsigned() && entry.get<std::uint64_t>() <= 65535 && entry.get<Port>() != a.source.port)
        a.ports.push_back(entry.get<Port>());
  a.nonce = text(object, "nonce").value_or("");
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  if (a.nonce.size() < 16 || a.nonce.size() > 64 || !std::ranges::all_of(a.nonce, hex)) return bad("nonce is not 16 to 64 hexadecimal digits");
  return a;
}

Expected<Line> parse_result(const json& object, std::string id) {
  ResultLine r{.id = std::move(id)};
  const auto name = text(object, "result");
  if (!name) return bad("no result");
  r.result = from_name<Result>(*name);
  if (!r.result && *name != "unavailable") return bad(fmt::format("unknown result \"{}\"", name->substr(0, 40)));
  if (const auto icmp = object.find("icmp"); icmp != object.end() && icmp->is_object()) {
    r.icmp_type = number(*icmp, "type", 255);
    r.icmp_code = number(*icmp, "code", 255);
  }
  return r;
}

}  // namespace

Expected<Line> parse_line(std::string_view line) {
  if (line.size() > longest_line) return bad(fmt::format("{} bytes", line.size()));
  const auto object = json::parse(line, nullptr, false);
  if (!object.is_object()) return bad("not a JSON object");
  auto id = text(object, "id");
  if (!id || id->empty() || id->size() > 32) return bad("no id");
  const auto type = text(object, "type");
  if (type == "announce") return parse_announcement(object, std::move(*id));
  if (type == "result") return parse_result(object, std::move(*id));
  return bad("neither announce nor result");
}

std::string knock_request(const std::vector<Knock>& knocks, std::chrono::milliseconds patience) {
  json list = json::array();
  for (const auto& knock : knocks) {
    json entry{{"id", knock.id}, {"protocol", to_string(knock.protocol)}};
    if (knock.protocol != Protocol::icmp) entry["port"] = knock.port;
    list.push_back(std::move(entry));
  }
  return json{{"knocks", std::move(list)}, {"timeout_ms", patience.count()}}.dump();
}

Expected<Address> parse_seen_as(std::string_view body) {
  const auto object = json::parse(body, nullptr, false);
  if (!object.is_object()) return failure(Errc::malformed, "answer is not the JSON of a vantage point");
  const auto address = Address::parse(text(object, "address").value_or(""));
  if (!address) return failure(Errc::malformed, "answer names no address");
  return address->unmapped();
}

Expected<PortCheck> parse_port_check(std::string_view body) {
  const auto object = json::parse(body, nullptr, false);
  if (!object.is_object()) return failure(Errc::malformed, "answer is not the JSON of a port checker");
  const auto address = Address::parse(text(object, "ip").value_or(""));
  const auto port = number(object, "port", 65535);
  const auto reachable = object.find("reachable");
  if (!address || !port || reachable == object.end() || !reachable->is_boolean())
    return failure(Errc::malformed, "answer of a port checker without ip, port and reachable");
  return PortCheck{address->unmapped(), static_cast<Port>(*port), reachable->get<bool>()};
}

std::vector<std::string> LineCutter::feed(std::string_view piece) {
  std::vector<std::string> lines;
  while (!piece.empty()) {
    const auto end = piece.find('\n');
    const auto part = piece.substr(0, end);
    if (!skipping_ && open_.size() + part.size() > longest_line) {
      skipping_ = true;
      ++overlong_;
      open_.clear();
    }
    if (!skipping_) open_ += part;
    if (end == std::string_view::npos) break;
    if (!skipping_ && !open_.empty()) lines.push_back(std::move(open_));
    open_.clear();
    skipping_ = false;
    piece.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace ringback::inbound
