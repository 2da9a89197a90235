#include "probes/router/router.hpp"

#include "base/guarded_threads.hpp"
#include "io/receive_any.hpp"
#include "probes/router/device.hpp"
#include "probes/router/question.hpp"
#include "probes/router/search.hpp"
#include "probes/router/trials.hpp"

namespace ringback::router {
namespace {

// A router that answers NAT-PMP does so within this; some drop a request that comes while another is open (RFC 6886 §3.1).
constexpr milliseconds head_start{100};
// HTTP blocks this thread: before that the quick questions get this long, so that their round trips are right.
constexpr milliseconds before_http{150};
// Devices beside the gateway have this long together: they are a hint, and the run waits for them.
constexpr milliseconds for_others{3000};

class Asking {
 public:
  Asking(const Address& gateway, unsigned distance, const Leg& leg, const io::World& world, Deadline deadline, std::optional<MomentaryOpening> open_for_a_moment)
      : gateway_{.address = gateway, .distance = distance},
        leg_(leg),
        world_(world),
        deadline_(deadline),
        open_for_a_moment_(open_for_a_moment),
        start_(world.clock.now()),
        nat_pmp_(PortMappingProtocol::nat_pmp, gateway, leg, world),
        pcp_(PortMappingProtocol::pcp, gateway, leg, world),
        search_(gateway, distance, leg, world) {}

  Gateway ask() {
    nat_pmp_.start();
    while (!deadline_.passed(world_.clock)) {
      send_due();
      if (read_found()) continue;
      if (nat_pmp_.done() && pcp_.done() && search_.done()) break;
      wait();
    }
    gateway_.nat_pmp = nat_pmp_.finish();
    gateway_.pcp = pcp_.finish();
    if (open_for_a_moment_ && gateway_.pcp.reply == Reply::answered && gateway_.pcp.version != 0U)
      gateway_.pcp_map = try_mapping(gateway_.address, leg_, open_for_a_moment_->port, world_, deadline_);
    gateway_.rejected = search_.rejected();
    return std::move(gateway_);
  }

 private:
  [[nodiscard]] bool since_start(milliseconds time) const { return world_.clock.now() >= start_ + time; }

  void send_due() {
    nat_pmp_.send_due();
    if (nat_pmp_.refused() && !pcp_.done())
      pcp_.refuse();
    else if (!pcp_.started() && !pcp_.done() && (nat_pmp_.done() || since_start(head_start)))
      pcp_.start();
    pcp_.send_due();
    search_.send_due();
  }

  bool read_found() {
    if (!(nat_pmp_.done() && pcp_.done()) && !since_start(before_http)) return false;
    const auto found = search_.next_found();
    if (!found) return false;
    auto until = deadline_;
    if (found->responder != gateway_.address) {
      if (!others_since_) others_since_ = world_.clock.now();
      until = until.or_earlier(*others_since_ + for_others);
    }
    const bool is_gateway = found->responder == gateway_.address;
    gateway_.igds.push_back(read_device(*found, leg_, world_, until, is_gateway ? open_for_a_moment_ : std::nullopt));
    return true;
  }

  void wait() {
    io::UdpSocket* const sockets[] = {nat_pmp_.socket(), pcp_.socket(), search_.socket()};
    Instant next = deadline_.at;
    if (sockets[0]) next = std::min(next, nat_pmp_.next());
    if (sockets[1]) next = std::min(next, pcp_.next());
    if (sockets[2]) next = std::min(next, search_.next());
    for (const auto milestone : {start_ + head_start, start_ + before_http})
      if (milestone > world_.clock.now()) next = std::min(next, milestone);
    const auto received = io::receive_any(sockets, {next}, world_);
    if (!received) {
      nat_pmp_.nothing_came();
      pcp_.nothing_came();
      search_.nothing_came();
    } else if (received->socket == 2) {
      search_.take(received->what);
    } else {
      (received->socket == 0 ? nat_pmp_ : pcp_).take(received->what);
    }
  }

  Gateway gateway_;
  Leg leg_;
  const io::World& world_;
  Deadline deadline_;
  std::optional<MomentaryOpening> open_for_a_moment_;
  Instant start_;
  std::optional<Instant> others_since_;
  Question nat_pmp_, pcp_;
  Search search_;
};

}  // namespace

Gateway observe_gateway(const Address& gateway, unsigned distance, const Leg& leg, const io::World& world, Deadline deadline,
                        std::optional<MomentaryOpening> open_for_a_moment) {
  return Asking(gateway, distance, leg, world, deadline, open_for_a_moment).ask();
}

Expected<Evidence> observe(const RouterPlan& plan, const io::World& world, Deadline deadline) {
  for (const auto& leg : plan.legs) {
    if (leg.family != Family::ipv4 || !leg.gateway) continue;
    Evidence evidence;
    GuardedThreads beside;
    if (plan.third_party) beside.start([&] { evidence.anycast = ask_anycast(leg, world, deadline); });
    auto gateway = observe_gateway(*leg.gateway, 1, leg, world, deadline, plan.open_for_a_moment);
    beside.join();
    evidence.gateways.push_back(std::move(gateway));
    return evidence;
  }
  return failure(Errc::no_route, "no IPv4 gateway to ask");
}

}  // namespace ringback::router
