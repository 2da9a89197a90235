#include "publish/ping.hpp"

#include "publish/web.hpp"

namespace ringback::publish {
namespace {

constexpr std::size_t longest_body = 100'000;

/// Not in the middle of a character: a text that is no UTF-8 is not kept.
std::string beginning(const std::string& text) {
  if (text.size() <= longest_body) return text;
  std::size_t end = longest_body;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end);
}

/// A check that is not known, or pings that come too often, are answered with status 200 and words, for the sake of old clients.
Attempt understand(const std::string& body) {
  if (body.starts_with("OK (not found)")) return hopeless("knows no check under this URL");
  if (body.starts_with("OK (rate limited)")) return hopeless("takes no more pings for now: there were too many");
  return {};
}

std::optional<std::string> ping(const WebDestination& to, const std::string& what, std::string body, io::Network& network, const Clock& clock,
                                Deadline deadline) {
  const WebMessage message{.method = "POST", .url = to.under(what), .content_type = "text/plain; charset=utf-8", .body = std::move(body)};
  return send(to, message, network, clock, deadline, understand);
}

}  // namespace

std::optional<std::string> ping_start(const WebDestination& to, io::Network& network, const Clock& clock, Deadline deadline) {
  return ping(to, "start", {}, network, clock, deadline);
}

std::optional<std::string> ping_end(const WebDestination& to, unsigned char exit_status, const std::string& text, io::Network& network, const Clock& clock,
                                    Deadline deadline) {
  return ping(to, std::to_string(exit_status), beginning(text), network, clock, deadline);
}

}  // namespace ringback::publish
