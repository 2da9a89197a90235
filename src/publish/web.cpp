#include "publish/web.hpp"

#include <fmt/format.h>

#include "report/safe_text.hpp"

namespace ringback::publish {
namespace {

constexpr std::size_t longest_answer = 4096;   // what is said in it stands at its beginning; the rest is not waited for
constexpr std::size_t longest_reason = 200;

/// Without what http() puts in front: the place, and where it was dialled.
std::string reason(const Error& error, const io::HttpRequest& request) {
  const auto front = fmt::format("{} at {}: ", request.shown_as, request.connect_to.to_string());
  return safe_text(error.what.starts_with(front) ? error.what.substr(front.size()) : error.what, {.longest = longest_reason});
}

Attempt understood(int status, const std::string& body, const Understand& understand) {
  if (status >= 200 && status < 300) return understand ? understand(body) : Attempt{};
  if (status >= 300 && status < 400) return hopeless(fmt::format("answered with a redirection ({}), which is not followed; name the place where it leads to", status));
  if (status == 408 || status == 425 || status == 429 || status >= 500) return failed(fmt::format("answered with status {}", status));
  if (status == 404 || status == 410) return hopeless(fmt::format("knows nothing under this URL (status {})", status));
  return hopeless(fmt::format("answered with status {}", status));
}

Attempt send_once(const WebDestination& to, const WebMessage& message, Addresses& addresses, std::size_t number, io::Network& network, Deadline deadline,
                  const Understand& understand) {
  const auto address = addresses.at(number, deadline);
  if (!address) return failed(address.error(), "cannot be asked: the name was not found");
  std::string body;
  io::HttpRequest request{.method = message.method, .url = message.url, .headers = {"Content-Type: " + message.content_type}, .body = message.body,
                          .connect_to = {*address, to.port}, .shown_as = to.place};
  std::size_t seen = 0;
  request.on_body = [&](std::string_view piece) {
    seen += piece.size();
    body.append(piece.substr(0, longest_answer - body.size()));
    return seen < longest_answer;
  };
  const auto response = network.http(request, deadline);
  if (!response) return failed(response.error(), "was not told: " + reason(response.error(), request));
  return understood(response->status, body, understand);
}

}  // namespace

std::optional<std::string> send(const WebDestination& to, const WebMessage& message, io::Network& network, const Clock& clock, Deadline deadline,
                                const Understand& understand) {
  Addresses addresses(to.host, network);
  return try_until(deadline, clock, [&](std::size_t number, Deadline until) {
    return send_once(to, message, addresses, number, network, until, understand);
  });
}

}  // namespace ringback::publish
