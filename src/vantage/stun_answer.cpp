#include "vantage/stun_answer.hpp"

namespace ringback::vantage {
namespace {

namespace stun = wire::stun;
constexpr std::uint16_t change_request_type = 0x0003;  // RFC 5780 §7.2

}  // namespace

StunAnswer stun_answer(wire::ByteView request, const StunArrival& arrival, bool open) {
  StunAnswer answer{StunOutcome::malformed, {}, arrival.at};
  auto asked = stun::parse_binding_request(request);
  if (!asked) return answer;

  // Without a second address CHANGE-REQUEST is an attribute that this server does not know (RFC 5780 §6.1).
  if (asked->change_request && !arrival.other) asked->add_unknown(change_request_type);
  const auto fits = [&] { return open || answer.bytes.size() <= request.size(); };
  if (asked->unknown_count > 0) {
    answer.outcome = StunOutcome::error;
    answer.bytes = stun::BindingAnswer::unknown_attributes(*asked);
  } else {
    answer.outcome = StunOutcome::answered;
    if (asked->change_request && asked->change_request->address) answer.from.address = arrival.other->address;
    if (asked->change_request && asked->change_request->port) answer.from.port = arrival.other->port;
    if (arrival.other)
      answer.bytes = stun::BindingAnswer::success(asked->transaction, arrival.from, stun::ServerAddresses{answer.from, arrival.other});
    if (!arrival.other || !fits()) answer.bytes = stun::BindingAnswer::success(asked->transaction, arrival.from);
  }
  if (!fits()) return {StunOutcome::too_short, {}, arrival.at};
  if (asked->padding && answer.outcome == StunOutcome::answered && request.size() >= answer.bytes.size() + 4) answer.filled_to = request.size();
  return answer;
}

}  // namespace ringback::vantage
