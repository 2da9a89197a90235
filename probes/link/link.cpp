#include "probes/link/link.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/link/offers.hpp"
#include "wire/dhcpv4.hpp"
#include "wire/dhcpv6.hpp"

namespace ringback::link {
namespace {

// RFC 4861 §6.3.7 and RFC 8415 §15 repeat after seconds; a router on the LAN answers within milliseconds, and may wait half a second before
// it advertises (RFC 4861 §6.2.6).
constexpr milliseconds sendings[] = {milliseconds{0}, milliseconds{130}, milliseconds{260}};
constexpr milliseconds silence{600}, dhcp_silence{400};
constexpr std::size_t most_packets = 512;   // whoever floods this link does not hold up the run
constexpr unsigned longest_packet = 1500;

class Asking {
 public:
  Asking(const LinkPlan& plan, const io::World& world) : plan_(plan), world_(world) {
    evidence_.interface = plan.interface;
    if (plan.ipv4) {
      dhcpv4_ = open({.family = Family::ipv4, .local = Endpoint{*plan.ipv4, 0}, .interface = plan.interface, .to_everybody = true});
      if (dhcpv4_) ours_.dhcpv4 = world.random.number<std::uint32_t>();
    }
    solicits_ = plan.ipv6;
    if (plan.ipv6) {
      dhcpv6_ = open({.family = Family::ipv6, .interface = plan.interface});
      if (dhcpv6_) ours_.dhcpv6 = world.random.number<std::uint32_t>() & 0xFFFFFF;
    }
  }

  Evidence ask(io::Capture& capture, Deadline deadline) {
    const auto start = world_.clock.now();
    std::size_t sent = 0, packets = 0;
    for (;;) {
      const auto end = deadline.or_earlier(start + (wants_advertisement() ? silence : dhcp_silence));
      if (answered() || end.passed(world_.clock) || packets >= most_packets) break;
      if (sent < std::size(sendings) && world_.clock.now() >= start + sendings[sent]) {
        ++sent;
        send();
      }
      const auto next = sent < std::size(sendings) ? end.or_earlier(start + sendings[sent]) : end;
      const auto got = capture.next(next);
      if (!got) {
        trouble(got.error().what);
        break;
      }
      if (!*got) continue;
      ++packets;
      take_packet(**got, ours_, evidence_);
    }
    return std::move(evidence_);
  }

 private:
  std::unique_ptr<io::UdpSocket> open(const io::UdpOptions& options) {
    auto socket = world_.network.open_udp(options);
    if (socket) return std::move(*socket);
    trouble(socket.error().what);
    return nullptr;
  }

  void trouble(const std::string& why) {
    if (std::ranges::find(evidence_.troubles, why) == evidence_.troubles.end()) evidence_.troubles.push_back(why);
  }

  [[nodiscard]] bool wants_dhcpv4() const { return dhcpv4_ && evidence_.dhcpv4.empty(); }
  [[nodiscard]] bool wants_dhcpv6() const { return dhcpv6_ && evidence_.dhcpv6.empty(); }
  [[nodiscard]] bool wants_advertisement() const { return solicits_ && evidence_.advertisements.empty(); }
  [[nodiscard]] bool answered() const { return !wants_dhcpv4() && !wants_dhcpv6() && !wants_advertisement(); }

  void send() {
    if (wants_advertisement()) {
      const auto sent = world_.network.solicit_routers(plan_.interface);
      if (sent) ++evidence_.solicitations;
      else stop(solicits_, sent.error());
    }
    if (wants_dhcpv4()) {
      const auto sent = dhcpv4_->send({broadcast, wire::dhcpv4::server_port}, wire::dhcpv4::build_inform(*ours_.dhcpv4, *plan_.ipv4, plan_.mac), {});
      if (sent) ++evidence_.dhcpv4_requests;
      else stop(dhcpv4_, sent.error());
    }
    if (wants_dhcpv6()) {
      const auto sent = dhcpv6_->send({wire::dhcpv6::all_servers, wire::dhcpv6::server_port},
                                      wire::dhcpv6::build_information_request(*ours_.dhcpv6), {});
      if (sent) ++evidence_.dhcpv6_requests;
      else stop(dhcpv6_, sent.error());
    }
  }

  /// What cannot be asked is not waited for.
  template <class Asker>
  void stop(Asker& asker, const Error& why) {
    trouble(why.what);
    asker = {};
  }

  static constexpr auto broadcast = Address::v4(0xFFFFFFFF);

  const LinkPlan& plan_;
  const io::World& world_;
  std::unique_ptr<io::UdpSocket> dhcpv4_, dhcpv6_;
  bool solicits_ = false;
  Transactions ours_;
  Evidence evidence_;
};

}  // namespace

io::CaptureOptions capture_options(const LinkPlan& plan) {
  // ip6[40]: the first octet after an IPv6 header without extensions, and a router advertisement has none.
  return {.interface = plan.interface,
          .filter = "(icmp6 and ip6[40] == 134) or (udp and src port 67 and dst port 68) or (udp and src port 547 and dst port 546)",
          .snap_length = longest_packet + 18,
          .buffer_bytes = 1U << 17U};   // a few packets from the machines of one link
}

Expected<Evidence> observe(const LinkPlan& plan, const io::World& world, Deadline deadline) {
  const auto capture = world.network.open_capture(capture_options(plan));
  if (!capture) return tl::unexpected(capture.error());
  return Asking(plan, world).ask(**capture, deadline);
}

}  // namespace ringback::link
