#pragma once
/// Visitors, and what a household does with them: changes to the small pieces of build.hpp.
#include "build.hpp"

namespace ringback::build {

using ::ringback::inbound::DepartureKind;
using ::ringback::inbound::Result;

inline void drops(Evidence& e, Family family) {
  for (auto& walk : e.filter->walks)
    if (walk.family == family) {
      walk.action = filter::Action::drop;
      walk.table = "inet filter";
      walk.chain = "input";
      walk.rule = "policy drop";
    }
}
inline void rejects(Evidence& e, Family family) {
  drops(e, family);
  for (auto& walk : e.filter->walks)
    if (walk.family == family) walk.action = filter::Action::reject, walk.rejects_with = "tcp reset";
}
inline void unreadable(Evidence& e) { e.filter = filter::Evidence{.readable = false, .trouble = "not permitted"}; }
inline void nobody_listens(Evidence& e) { e.listeners->listeners.clear(); }
inline void listens_on(Evidence& e, const char* where) {
  e.listeners->listeners = {{.protocol = e.request.services[0].protocol, .local = at(where), .v6_only = true, .program = "server"}};
}
inline void no_capture(Evidence& e) { e.inbound->capture = {.running = false, .interface = "eth0", .trouble = "not permitted"}; }
inline void wants(Evidence& e, const char* text) {
  e.request.services = {service(text)};
  const auto s = e.request.services[0];
  e.listeners->listeners = {{.protocol = s.protocol, .local = {ip("0.0.0.0"), s.inside}, .program = "server"},
                            {.protocol = s.protocol, .local = {ip("::"), s.inside}, .program = "server"}};
  for (auto& walk : e.filter->walks) walk.protocol = s.protocol, walk.port = s.inside;
}
inline void knows_rules_for(Evidence& e, Port port) {
  for (const auto family : {Family::ipv4, Family::ipv6})
    e.filter->walks.push_back({.protocol = Protocol::tcp, .family = family, .port = port, .action = filter::Action::accept});
}
/// A rule sends what comes to `port` to `to` instead.
inline void translates(Evidence& e, const char* to) {
  for (auto& walk : e.filter->walks) walk.translated_to = at(to);
}
inline Evidence dual() {
  auto e = plain_nat();
  native_ipv6(e);
  return e;
}
inline Evidence v4(inbound::Knock k, const std::function<void(Evidence&)>& change = [](auto&) {}) {
  auto e = plain_nat();
  change(e);
  add(e, std::move(k));
  return e;
}
inline Evidence v6(inbound::Knock k, const std::function<void(Evidence&)>& change = [](auto&) {}) {
  auto e = dual();
  change(e);
  add(e, std::move(k));
  return e;
}
inline inbound::Knock with_result(inbound::Knock k, std::optional<Result> result) {
  k.result = result;
  return k;
}
inline inbound::Knock echo(Family family) {
  auto k = knock(family);
  k.id = "c";
  k.purpose = inbound::Purpose::control;
  k.protocol = Protocol::icmp;
  k.service.reset();
  k.port = 0;
  return k;
}
inline inbound::Knock on_port(Family family, Port port) {
  auto k = knock(family);
  k.id = "x";
  k.purpose = inbound::Purpose::exposure;
  k.service.reset();
  k.port = port;
  return k;
}
inline std::optional<DepartureKind> syn_ack_left() { return DepartureKind::syn_ack; }
inline void vpn(Evidence& e, Family family) {
  auto& uplink = family == Family::ipv4 ? e.host->ipv4 : e.host->ipv6;
  e.host->interfaces.push_back({.index = 3, .name = "wg0", .kind = "wireguard", .up = true, .tunnel = true,
                                .addresses = {{.address = ip("10.8.0.2"), .prefix_length = 32}}});
  uplink->default_interface = "wg0";
  uplink->through_tunnel = true;
  for (auto& o : e.stun->observations) o.interface = "eth0";
}

}  // namespace ringback::build
