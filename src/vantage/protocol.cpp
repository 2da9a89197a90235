#include "vantage/protocol.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace ringback::vantage {
namespace {

/// As a JSON string. What is no UTF-8 (a message of the system's in another encoding) is replaced, not thrown over.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

// Written out, because the destructor of a JSON object allocates and ends the program when it cannot. Names and addresses need no escapes.

std::string announce_line(const Announcement& a) {
  return fmt::format(R"({{"type":"announce","id":{},"protocol":"{}","port":{},"target":"{}",)"
                     R"("source":{{"address":"{}","port":{}}},{}"nonce":"{}"}})"
                     "\n",
                     quoted(a.id), to_string(a.protocol), a.port, a.target.to_string(), a.source.to_string(),
                     a.ports.empty() ? Port{0} : a.ports.front(),
                     a.protocol == Protocol::icmp ? "" : fmt::format(R"("ports":[{}],)", fmt::join(a.ports, ",")), a.nonce);
}

std::string result_line(const std::string& id, const Outcome& outcome, milliseconds elapsed) {
  return fmt::format(R"({{"type":"result","id":{},"result":"{}","elapsed_ms":{}{}{}}})"
                     "\n",
                     quoted(id), to_string(outcome.result), elapsed.count(),
                     outcome.icmp ? fmt::format(R"(,"icmp":{{"type":{},"code":{}}})", outcome.icmp->type, outcome.icmp->code) : "",
                     outcome.reason.empty() ? "" : R"(,"reason":)" + quoted(outcome.reason));
}

std::string address_body(const Endpoint& caller, const std::vector<Family>& families) {
  std::vector<std::string> names;
  for (const auto family : families) names.push_back(fmt::format("\"{}\"", to_string(family)));
  return fmt::format(R"({{"address":"{}","port":{},"families":[{}],"version":"{}"}})"
                     "\n",
                     caller.address.to_string(), caller.port, fmt::join(names, ","), RINGBACK_VERSION);
}

std::string problem_body(const Problem& problem) {
  return fmt::format(R"({{"type":"urn:ringback:vantage:{}","title":"{}","status":{},"detail":{}}})"
                     "\n",
                     problem.type, problem.title, problem.status, quoted(problem.detail));
}

}  // namespace ringback::vantage
