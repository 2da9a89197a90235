#include "vantage/stun_answer.hpp"

namespace ringback::vantage {
namespace {

namespace stun = wire::stun;
constexpr std::uint16_t change_request_type = 0x0003;  // RFC 5780 §7.2

}  // namespace

StunAnswer stun_answer(wire::ByteView request, const StunArrival& arrival, bool open) {
  StunAnswer answer{StunOutcome::malformed, {}, arrival.at};
  const auto message = stun::parse(request);
  if (!message || message->type != stun::Class::request || message->method != stun::binding_method) return answer;

  // Without a second address CHANGE-REQUEST is an attribute that this server does not know (RFC 5780 §6.1).
  auto unknown = message->not_understood;
  if (message->change_request && !arrival.other) unknown.push_back(change_request_type);
  answer.outcome = unknown.empty() ? StunOutcome::answered : StunOutcome::error;
  const auto fits = [&] { return open || answer.bytes.size() <= request.size(); };
  if (!unknown.empty()) {
    answer.bytes = stun::build_binding_error(message->transaction, 420, "", unknown);
  } else {
    if (message->change_request && message->change_request->address) answer.from.address = arrival.other->address;
    if (message->change_request && message->change_request->port) answer.from.port = arrival.other->port;
    if (arrival.other)
      answer.bytes = stun::build_binding_success(message->transaction, arrival.from, stun::ServerAddresses{answer.from, arrival.other});
    if (!arrival.other || !fits()) answer.bytes = stun::build_binding_success(message->transaction, arrival.from);
  }
  if (!fits()) return {StunOutcome::too_short, {}, arrival.at};
  return answer;
}

}  // namespace ringback::vantage
