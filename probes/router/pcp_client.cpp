#include "probes/router/pcp_client.hpp"

#include <fmt/format.h>

#include "probes/router/port_mapping_server.hpp"

namespace ringback::router {
namespace {

constexpr milliseconds sendings[] = {milliseconds{0}, milliseconds{150}, milliseconds{350}};
constexpr milliseconds silence{500};

void reject(Exchange& exchange, std::string why) {
  if (exchange.rejected.size() < most_rejected) exchange.rejected.push_back(std::move(why));
}

/// What of this datagram answers the question; otherwise it is noted.
std::optional<wire::pcp::Response> answer_in(const io::Datagram& datagram, std::uint8_t opcode, const std::optional<wire::pcp::Nonce>& nonce,
                                             Exchange& exchange) {
  if (datagram.from != Endpoint{exchange.gateway, wire::pcp::server_port}) {
    reject(exchange, fmt::format("from {}, which was not asked", datagram.from.to_string()));
    return std::nullopt;
  }
  const auto response = wire::pcp::parse_response(datagram.payload);
  if (!response) {
    reject(exchange, response.error().what);
    exchange.reply = Reply::malformed;
    return std::nullopt;
  }
  if (response->opcode != opcode || (nonce && response->mapping && response->mapping->nonce != *nonce)) {
    reject(exchange, "an answer to what was not asked");
    return std::nullopt;
  }
  return *response;
}

}  // namespace

PcpAnswer ask_pcp(io::UdpSocket& socket, const Address& server, const io::Bytes& request, std::uint8_t opcode,
                  const std::optional<wire::pcp::Nonce>& nonce, const io::World& world, Deadline deadline) {
  PcpAnswer result{.exchange = {.gateway = server}, .response = {}};
  auto& exchange = result.exchange;
  const auto start = world.clock.now();
  const auto end = deadline.or_earlier(start + silence);
  Instant last_sent = start;
  std::size_t sent = 0, heard = 0;
  while (!end.passed(world.clock) && heard < most_heard) {
    if (sent < std::size(sendings) && world.clock.now() >= start + sendings[sent]) {
      ++sent;
      last_sent = world.clock.now();
      if (const auto done = socket.send({server, wire::pcp::server_port}, request, std::nullopt); !done) reject(exchange, done.error().what);
    }
    const auto got = socket.receive(sent < std::size(sendings) ? end.or_earlier(start + sendings[sent]) : end);
    if (!got) {
      reject(exchange, got.error().what);
      return result;
    }
    if (!*got) continue;
    ++heard;
    if (const auto* error = std::get_if<io::IcmpError>(&**got)) {
      const bool port = is_port_unreachable(*error);
      if (port && error->offender == server) {
        exchange.reply = Reply::refused;
        return result;
      }
      reject(exchange, describe(*error));
      if (!port) return result;   // nobody is there to be asked again
      continue;
    }
    if (auto response = answer_in(std::get<io::Datagram>(**got), opcode, nonce, exchange)) {
      exchange.reply = Reply::answered;
      exchange.version = response->version;
      exchange.result_code = response->result_code;
      exchange.epoch_s = response->epoch_s;
      exchange.round_trip = std::chrono::duration_cast<microseconds>(world.clock.now() - last_sent);
      result.response = std::move(response);
      return result;
    }
  }
  return result;
}

}  // namespace ringback::router
