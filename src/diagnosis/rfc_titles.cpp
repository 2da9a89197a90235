/// The documents that the pages point to, by the titles that they have.
#include <algorithm>
#include <array>

#include "diagnosis/explanations.hpp"

namespace ringback::diagnosis {
namespace {

struct Rfc {
  unsigned number;
  const char* title;
};
constexpr std::array rfcs{
    Rfc{1034, "Domain names - concepts and facilities"},
    Rfc{1035, "Domain names - implementation and specification"},
    Rfc{1191, "Path MTU discovery"},
    Rfc{1912, "Common DNS Operational and Configuration Errors"},
    Rfc{1918, "Address Allocation for Private Internets"},
    Rfc{1982, "Serial Number Arithmetic"},
    Rfc{1996, "A Mechanism for Prompt Notification of Zone Changes (DNS NOTIFY)"},
    Rfc{2181, "Clarifications to the DNS Specification"},
    Rfc{2308, "Negative Caching of DNS Queries (DNS NCACHE)"},
    Rfc{2923, "TCP Problems with Path MTU Discovery"},
    Rfc{3056, "Connection of IPv6 Domains via IPv4 Clouds"},
    Rfc{3493, "Basic Socket Interface Extensions for IPv6"},
    Rfc{3596, "DNS Extensions to Support IP Version 6"},
    Rfc{3704, "Ingress Filtering for Multihomed Networks"},
    Rfc{3927, "Dynamic Configuration of IPv4 Link-Local Addresses"},
    Rfc{4035, "Protocol Modifications for the DNS Security Extensions"},
    Rfc{4193, "Unique Local IPv6 Unicast Addresses"},
    Rfc{4213, "Basic Transition Mechanisms for IPv6 Hosts and Routers"},
    Rfc{4291, "IP Version 6 Addressing Architecture"},
    Rfc{4380, "Teredo: Tunneling IPv6 over UDP through Network Address Translations (NATs)"},
    Rfc{4443, "Internet Control Message Protocol (ICMPv6) for the Internet Protocol Version 6 (IPv6) Specification"},
    Rfc{4821, "Packetization Layer Path MTU Discovery"},
    Rfc{4861, "Neighbor Discovery for IP version 6 (IPv6)"},
    Rfc{4862, "IPv6 Stateless Address Autoconfiguration"},
    Rfc{4890, "Recommendations for Filtering ICMPv6 Messages in Firewalls"},
    Rfc{5625, "DNS Proxy Implementation Guidelines"},
    Rfc{5684, "Unintended Consequences of NAT Deployments with Overlapping Address Space"},
    Rfc{5905, "Network Time Protocol Version 4: Protocol and Algorithms Specification"},
    Rfc{6092, "Recommended Simple Security Capabilities in Customer Premises Equipment (CPE) for Providing Residential IPv6 Internet Service"},
    Rfc{6146, "Stateful NAT64: Network Address and Protocol Translation from IPv6 Clients to IPv4 Servers"},
    Rfc{6177, "IPv6 Address Assignment to End Sites"},
    Rfc{6269, "Issues with IP Address Sharing"},
    Rfc{6296, "IPv6-to-IPv6 Network Prefix Translation"},
    Rfc{6333, "Dual-Stack Lite Broadband Deployments Following IPv4 Exhaustion"},
    Rfc{6585, "Additional HTTP Status Codes"},
    Rfc{6598, "IANA-Reserved IPv4 Prefix for Shared Address Space"},
    Rfc{6724, "Default Address Selection for Internet Protocol Version 6 (IPv6)"},
    Rfc{6762, "Multicast DNS"},
    Rfc{6781, "DNSSEC Operational Practices, Version 2"},
    Rfc{6877, "464XLAT: Combination of Stateful and Stateless Translation"},
    Rfc{6886, "NAT Port Mapping Protocol (NAT-PMP)"},
    Rfc{6887, "Port Control Protocol (PCP)"},
    Rfc{6888, "Common Requirements for Carrier-Grade NATs (CGNs)"},
    Rfc{6890, "Special-Purpose IP Address Registries"},
    Rfc{7021, "Assessing the Impact of Carrier-Grade NAT on Network Applications"},
    Rfc{7050, "Discovery of the IPv6 Prefix Used for IPv6 Address Synthesis"},
    Rfc{7084, "Basic Requirements for IPv6 Customer Edge Routers"},
    Rfc{7217, "A Method for Generating Semantically Opaque Interface Identifiers with IPv6 Stateless Address Autoconfiguration (SLAAC)"},
    Rfc{7288, "Reflections on Host Firewalls"},
    Rfc{7526, "Deprecating the Anycast Prefix for 6to4 Relay Routers"},
    Rfc{7596, "Lightweight 4over6: An Extension to the Dual-Stack Lite Architecture"},
    Rfc{7597, "Mapping of Address and Port with Encapsulation (MAP-E)"},
    Rfc{7599, "Mapping of Address and Port using Translation (MAP-T)"},
    Rfc{7680, "A One-Way Loss Metric for IP Performance Metrics (IPPM)"},
    Rfc{7721, "Security and Privacy Considerations for IPv6 Address Generation Mechanisms"},
    Rfc{7766, "DNS Transport over TCP - Implementation Requirements"},
    Rfc{8020, "NXDOMAIN: There Really Is Nothing Underneath"},
    Rfc{8201, "Path MTU Discovery for IP version 6"},
    Rfc{8305, "Happy Eyeballs Version 2: Better Connectivity Using Concurrency"},
    Rfc{8375, "Special-Use Domain 'home.arpa.'"},
    Rfc{8767, "Serving Stale Data to Improve DNS Resiliency"},
    Rfc{8914, "Extended DNS Errors"},
    Rfc{8952, "Captive Portal Architecture"},
    Rfc{8978, "Reaction of IPv6 Stateless Address Autoconfiguration (SLAAC) to Flash-Renumbering Events"},
    Rfc{8981, "Temporary Address Extensions for Stateless Address Autoconfiguration in IPv6"},
    Rfc{9096, "Improving the Reaction of Customer Edge Routers to IPv6 Renumbering Events"},
    Rfc{9293, "Transmission Control Protocol (TCP)"},
};

}  // namespace

const char* rfc_title(unsigned rfc) {
  const auto found = std::ranges::find(rfcs, rfc, &Rfc::number);
  return found == rfcs.end() ? nullptr : found->title;
}

}  // namespace ringback::diagnosis
