#include "probes/router/question.hpp"

#include <fmt/format.h>

#include "probes/router/port_mapping_server.hpp"
#include "wire/nat_pmp.hpp"
#include "wire/pcp.hpp"

namespace ringback::router {
namespace {

// RFC 6886 §3.1 repeats after 250 ms and doubles; RFC 6887 §8.1.1 waits 3 s. A router on the LAN answers within milliseconds, so
// three lost requests or answers in a row are what the wait has to rule out, not a slow one.
constexpr milliseconds question_sendings[] = {milliseconds{0}, milliseconds{250}, milliseconds{500}};
constexpr milliseconds last_wait{250};

}  // namespace

Question::Question(PortMappingProtocol protocol, const Address& gateway, const Leg& leg, const io::World& world)
    : protocol_(protocol), server_{gateway, wire::nat_pmp::server_port}, world_(world) {
  exchange_.gateway = gateway;
  auto socket = open_for_port_mapping(gateway.family(), leg, world);
  if (!socket) {
    reject(socket.error().what);
    done_ = true;
    return;
  }
  socket_ = std::move(*socket);
  request_ = protocol == PortMappingProtocol::nat_pmp ? wire::nat_pmp::build_address_request()
                                                      : wire::pcp::build_announce_request(client_address(*socket_, gateway, world.network));
}

void Question::start() { start_ = world_.clock.now(); }

void Question::refuse() {
  exchange_.reply = Reply::refused;
  done_ = true;
}

Instant Question::next() const { return sendings_ < std::size(question_sendings) ? *start_ + question_sendings[sendings_] : last_sent_ + last_wait; }

void Question::send_due() {
  if (!started() || done_ || sendings_ == std::size(question_sendings) || world_.clock.now() < next()) return;
  ++sendings_;
  last_sent_ = world_.clock.now();
  const auto sent = socket_->send(server_, request_, std::nullopt);
  if (!sent) reject(sent.error().what);
}

void Question::take(const Expected<io::Received>& received) {
  if (++heard_ == most_heard) done_ = true;
  if (!received) {
    reject(received.error().what);
    done_ = true;
  } else if (const auto* datagram = std::get_if<io::Datagram>(&*received)) {
    if (datagram->from == server_)
      take_answer(*datagram);
    else  // RFC 6886 §3.1: only the gateway's own port is believed
      reject(fmt::format("from {}, which was not asked", datagram->from.to_string()));
  } else if (const auto* error = std::get_if<io::IcmpError>(&*received)) {
    if (is_port_unreachable(*error) && error->offender == server_.address)
      refuse();
    else
      reject(describe(*error));
  }
}

/// A server that speaks the other protocol alone answers in its own version: what came is kept (RFC 6886 §3.5, RFC 6887 §9).
void Question::take_answer(const io::Datagram& datagram) {
  const bool nat_pmp = !datagram.payload.empty() && datagram.payload.front() == std::byte{0};
  if (nat_pmp) {
    const auto answer = wire::nat_pmp::parse_response(datagram.payload);
    malformed_ = malformed_ || !answer || answer->opcode != 0;
    if (!answer) return reject(answer.error().what);
    if (answer->opcode != 0) return reject(fmt::format("an answer to opcode {}, which was not asked", answer->opcode));
    exchange_.version = 0;
    exchange_.result_code = answer->result_code;
    exchange_.epoch_s = answer->epoch_s;
    exchange_.external_address = answer->public_address;
  } else {
    const auto answer = wire::pcp::parse_response(datagram.payload);
    malformed_ = malformed_ || !answer || answer->opcode != wire::pcp::announce;
    if (!answer) return reject(answer.error().what);
    if (answer->opcode != wire::pcp::announce) return reject(fmt::format("an answer to opcode {}, which was not asked", answer->opcode));
    exchange_.version = answer->version;
    exchange_.result_code = answer->result_code;
    exchange_.epoch_s = answer->epoch_s;
  }
  exchange_.reply = Reply::answered;
  exchange_.round_trip = std::chrono::duration_cast<microseconds>(world_.clock.now() - last_sent_);
  done_ = true;
}

void Question::nothing_came() {
  if (started() && sendings_ == std::size(question_sendings) && world_.clock.now() >= next()) done_ = true;
}

void Question::reject(std::string why) {
  if (exchange_.rejected.size() < most_rejected) exchange_.rejected.push_back(std::move(why));
}

Exchange Question::finish() {
  if (exchange_.reply == Reply::silent && malformed_) exchange_.reply = Reply::malformed;
  if (exchange_.reply == Reply::silent && sendings_ == 0 && exchange_.rejected.empty()) reject("not asked: the deadline came first");
  return exchange_;
}

}  // namespace ringback::router
