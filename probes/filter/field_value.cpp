#include "probes/filter/field_value.hpp"

#include <algorithm>

namespace ringback::filter {
namespace {

using Bit = EnumName<std::uint64_t>;
// linux/netfilter/nf_conntrack_common.h, as nft names them.
constexpr std::array state_bits{Bit{1, "invalid"}, Bit{2, "established"}, Bit{4, "related"}, Bit{8, "new"}, Bit{64, "untracked"}};
constexpr std::array status_bits{Bit{1, "expected"}, Bit{2, "seen-reply"}, Bit{4, "assured"}, Bit{8, "confirmed"},
                                 Bit{16, "snat"},    Bit{32, "dnat"},      Bit{512, "dying"}};
constexpr std::array tcp_bits{Bit{1, "fin"},  Bit{2, "syn"},  Bit{4, "rst"},  Bit{8, "psh"},
                              Bit{16, "ack"}, Bit{32, "urg"}, Bit{64, "ecn"}, Bit{128, "cwr"}};

constexpr std::uint64_t syn = 2, ack = 16;
constexpr std::uint64_t untracked_state = 64;

FieldValue known(std::uint64_t number, std::vector<std::string> names) { return Known{number, std::move(names)}; }
FieldValue named(std::string name) { return Known{std::nullopt, {std::move(name)}}; }

/// IANA protocol numbers.
FieldValue protocol(const Packet& packet) {
  if (packet.protocol == Protocol::tcp) return known(6, {"tcp"});
  if (packet.protocol == Protocol::udp) return known(17, {"udp"});
  return packet.family == Family::ipv4 ? known(1, {"icmp"}) : known(58, {"ipv6-icmp", "icmpv6"});
}

FieldValue transport(const std::string& key, const Packet& packet, const Journey& journey) {
  if (packet.protocol == Protocol::icmp) return Absent{};
  const bool to_us = !packet.answer;
  if (key == (to_us ? "dport" : "sport")) return known(journey.port, {});
  if (key == (to_us ? "sport" : "dport")) return ClientPort{};
  if (key == "flags" && packet.protocol == Protocol::tcp) return Flags{to_us ? syn : syn | ack, tcp_bits};
  return Unknown{};
}

/// An echo request or its reply (RFC 792, RFC 4443 §4).
FieldValue icmp(const std::string& key, std::uint64_t type, const char* name) {
  if (key == "type") return known(type, {name});
  if (key == "code") return known(0, {"net-unreachable", "no-route"});  // what nft calls code 0
  return Unknown{};
}

FieldValue icmp_of(Family family, const std::string& key, const Packet& packet) {
  if (packet.protocol != Protocol::icmp || packet.family != family) return Absent{};
  const bool v4 = family == Family::ipv4;
  if (packet.answer) return icmp(key, v4 ? 0 : 129, "echo-reply");
  return icmp(key, v4 ? 8 : 128, "echo-request");
}

FieldValue network(const std::string& key, const Packet& packet, const Journey& journey) {
  if (key == (packet.answer ? "daddr" : "saddr")) return packet.sender ? FieldValue(OneOf{{*packet.sender}}) : Stranger{};
  if (key == (packet.answer ? "saddr" : "daddr")) return OneOf{journey.destinations};
  if (key == "protocol" || key == "nexthdr") return protocol(packet);
  if (key == "version") return known(packet.family == Family::ipv4 ? 4 : 6, {});
  if (key == "frag-off") return known(0, {});
  return Unknown{};
}

FieldValue ether_type(const Packet& packet) { return packet.family == Family::ipv4 ? known(0x0800, {"ip"}) : known(0x86dd, {"ip6"}); }

FieldValue mark(const std::optional<std::uint64_t>& value) { return value ? known(*value, {}) : Unknown{}; }

FieldValue out_interface(const Journey& journey) {
  if (!journey.routed) return named("");
  return journey.out_interface.empty() ? FieldValue(Unknown{}) : named(journey.out_interface);
}

FieldValue in_interface(const Packet& packet, const Journey& journey) {
  if (!packet.answer) return named(packet.interface);
  return journey.forwarded && journey.in_interface.empty() ? FieldValue(Unknown{}) : named(journey.in_interface);
}

FieldValue meta(const std::string& key, const Packet& packet, const Journey& journey) {
  if (key == "l4proto") return protocol(packet);
  if (key == "nfproto") return packet.family == Family::ipv4 ? known(2, {"ipv4"}) : known(10, {"ipv6"});
  if (key == "protocol") return ether_type(packet);
  if (key == "iifname" || key == "iif") return in_interface(packet, journey);
  if (key == "oifname" || key == "oif") return out_interface(journey);
  if (key == "mark") return mark(journey.mark);
  if (key == "pkttype" && !packet.answer) return known(0, {"host", "unicast"});
  if (key == "ipsec" || key == "secpath") return known(0, {});  // it did not come out of an IPsec tunnel
  if (key == "ibrname" || key == "obrname" || key == "sdifname") return named("");
  return Unknown{};
}

std::uint64_t tracking_state(const Packet& packet, const Journey& journey) {
  if (journey.untracked == Tri::yes) return untracked_state;
  if (journey.tracked && packet.answer) return 2;
  return journey.tracked ? 8 : 1;  // before connection tracking nft sees "invalid" (net/netfilter/nft_ct.c)
}

FieldValue connection(const std::string& key, const Packet& packet, const Journey& journey) {
  if (journey.untracked == Tri::maybe || journey.connection_unknown) return Unknown{};
  if (key == "state") return Flags{tracking_state(packet, journey), state_bits};
  if (journey.untracked == Tri::yes || !journey.tracked) return Absent{};
  if (key == "status") return Flags{(journey.translated ? 32U : 0U) | (packet.answer ? 2U | 8U : 0U), status_bits};
  if (key == "direction") return packet.answer ? known(1, {"reply"}) : known(0, {"original"});
  if (key == "mark") return mark(journey.connection_mark);
  if (key == "original proto-dst") return known(packet.port, {});
  if (key == "protocol" || key == "original protocol") return protocol(packet);
  if (key == "helper") return named("");
  if (key == "zone") return known(0, {});
  return Unknown{};
}

/// linux/rtnetlink.h: RTN_UNICAST, RTN_LOCAL.
FieldValue address_type(bool local) { return local ? known(2, {"local"}) : known(1, {"unicast"}); }

FieldValue fib(const std::string& key, const Packet& packet, const Journey& journey) {
  const auto has = [&](std::string_view word) { return (' ' + key + ' ').find(' ' + std::string(word) + ' ') != std::string::npos; };
  if (packet.answer) return has("type") ? address_type(has("saddr") && !journey.forwarded) : FieldValue(Unknown{});
  if (has("mark") && journey.mark != 0U) return Unknown{};  // a rule by the mark may lead elsewhere
  if (has("type")) return address_type(has("daddr") && !(journey.translated && journey.forwarded));
  if (!has("saddr")) return Unknown{};
  if (!has("iif")) return known(1, {});  // a stranger is reached by the default route, whichever way
  return packet.route_back ? known(*packet.route_back ? 1 : 0, {}) : FieldValue(Unknown{});
}

}  // namespace

FieldValue value_of(const Field& field, const Packet& packet, const Journey& journey) {
  const auto& [layer, key, mask] = field;
  if (layer == "meta") return meta(key, packet, journey);
  if (layer == "ct") return connection(key, packet, journey);
  if (layer == "fib") return fib(key, packet, journey);
  if (layer == "th") return transport(key, packet, journey);
  if (layer == "tcp") return packet.protocol == Protocol::tcp ? transport(key, packet, journey) : Absent{};
  if (layer == "udp") return packet.protocol == Protocol::udp ? transport(key, packet, journey) : Absent{};
  if (layer == "ip") return packet.family == Family::ipv4 ? network(key, packet, journey) : Absent{};
  if (layer == "ip6") return packet.family == Family::ipv6 ? network(key, packet, journey) : Absent{};
  if (layer == "icmp" || layer == "icmpv6") return icmp_of(layer == "icmp" ? Family::ipv4 : Family::ipv6, key, packet);
  if (layer == "ether") return key == "type" ? ether_type(packet) : FieldValue(Unknown{});
  if (layer == "exthdr") return key == "exists" ? known(0, {}) : FieldValue(Absent{});  // it carries no extension header
  static constexpr std::array others{"udplite", "sctp", "dccp", "ah", "esp", "comp", "igmp", "arp", "vlan", "gre", "vxlan", "geneve"};
  const bool other = std::any_of(others.begin(), others.end(), [&](const char* known_layer) { return field.layer == known_layer; });
  return other ? FieldValue(Absent{}) : FieldValue(Unknown{});
}

}  // namespace ringback::filter
