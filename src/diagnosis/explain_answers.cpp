/// Knocks that are answered, and those that nobody made.
#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {

std::vector<Explanation> of_answers() {
  return {
      {.code = "inbound.reply-lost",
       .plainly =
           {"Answers find their way by themselves: by this host's routes, and not by the way that the visitor came. A VPN that takes everything, a "
            "second network card, or a gateway that is gone leads them astray. The kernel may even drop the visitor at once, because he came by one "
            "card and would be answered by another (the reverse-path filter). The visitor waits and gets nothing, as if nobody had heard him."},
       .neighbours = {{"inbound.host-firewall", "There nothing left in answer, and a rule drops the knock, or the answer."},
                      {"host.vpn-default-route", "That tells of a VPN that takes everything, whoever comes. This tells that an answer was lost."},
                      {"inbound.mtu-blackhole", "There the connection opens, and only large packets get lost."},
                      {"inbound.not-arriving", "There the knock never came to the network card."},
                      {"measure.lossy", "There the watching itself lost packets."}},
       .doubt = "Certain where the answer left by another card than the knock came by, or where this host has no way back. Where it left rightly, "
                "three answers at least have to be lost, as fewer may be chance; then it is likely, and whether the router or the provider loses "
                "them could not be told. Rules by mark, which change ways for single packets, are not seen.",
       .steps = {"See which way an answer takes, with the command; put an address on the internet in place of VISITOR.",
                 "With a VPN: let it not take everything (WireGuard: AllowedIPs without 0.0.0.0/0 and ::/0; OpenVPN: pull-filter ignore "
                 "redirect-gateway; in an app: \"split tunnelling\").",
                 "Or send by the home router what this host sends from its own address, and everything else through the VPN as before; ringback shows the "
                 "commands.",
                 "With two network cards: switch off the one that is not needed, or forward the port to the one that answers leave by.",
                 "If the answer leaves rightly, look in the home router for a second line, a VPN or a rule that stops what goes out; otherwise ask "
                 "the provider."},
       .commands = {"ip route get VISITOR", "ip rule show"},
       .costs = {.privacy = "answers to visitors show the home's own address; what goes past the VPN is seen by the provider",
                 .security = "a reverse-path filter that is set to loose instead of strict is a weaker guard against forged senders",
                 .inconvenience = "routes have to be set by hand, and again when the network changes"},
       .reading = {{3704, "2.2", "the strict reverse-path filter"}, {3704, "2.4", "the loose one"}},
       .search_for = {"asymmetric routing", "rp_filter", "policy routing", "VPN breaks port forwarding"}},

      {.code = "inbound.mtu-blackhole",
       .plainly = {"Every line has a largest packet that it carries (its MTU). Who sends a larger one should be told \"too big\", and then sends "
                   "smaller ones. Here large packets vanish without that word, because somebody on the way drops it. Connections open, as their "
                   "first packets are small, and then stand still: pages stay half loaded, uploads and logins hang."},
       .neighbours = {{"inbound.reply-lost", "There not even the first answer gets through."},
                      {"inbound.host-firewall", "There the first packet is stopped already."},
                      {"ipv4.ds-lite", "A tunnel makes packets smaller as well, and that by itself is no fault, as long as senders are told."}},
       .doubt = "Outwards it takes two servers that answer small packets and never large ones, beyond what loss explains. It is certain where "
                "routers on the way show the same, and likely otherwise. If visitors' connections were seen to use small packets already (MSS "
                "clamping), all is well and nothing is said. Where their size was not seen it is possible, and a note. Inwards, one server may show "
                "it, whose own line may be the narrow one.",
       .steps =
           {"Switch \"MSS clamping\" on in the home router, or lower the MTU of its internet connection, to the size that was found to get through.",
            "Let ICMP pass in firewalls at home: \"fragmentation needed\" and \"packet too big\" are how a sender learns the right size.",
            "Or let this host send smaller packets, or let its kernel find the size out by itself: net.ipv4.tcp_mtu_probing=1 (for IPv6, too).",
            "If nobody at home drops those messages, tell the provider that its network loses packets without a word."},
       .commands = {"tracepath -n one.one.one.one"},
       .costs = {.inconvenience = "all connections use smaller packets from their beginning: a little slower"},
       .reading = {{2923, "2.1", "black holes, and how to find one"},
                   {1191, "", "how a sender finds the right size over IPv4"},
                   {8201, "", "and over IPv6"},
                   {4821, "", "how it does without being told"}},
       .search_for = {"MTU black hole", "MSS clamping", "PMTUD", "page loads halfway"}},

      {.code = "inbound.untested",
       .plainly = {"Whether visitors get in can only be shown by one who comes from outside. Over this address family nobody did: no vantage point "
                   "was named, the one that was has no such family, or it did not answer. So whether the service can be reached could not be tested. "
                   "That is no bad sign, and no good one."},
       .neighbours = {{"measure.vantage-down", "That tells why a vantage point that was named did not knock."},
                      {"inbound.not-arriving", "There somebody knocked, and nothing came."},
                      {"host.vpn-default-route", "Where a VPN takes everything, that is named as the reason."},
                      {"internet.offline", "There nobody outside could be asked at all."}},
       .doubt = "Whatever was seen of this host itself is told in its own words: that nothing listens, or that the firewall drops the port.",
       .steps = {"Let a phone with Wi-Fi switched off knock, while the command watches this host's network card.",
                 "Or run ringback-vantage on a small server that has both IPv4 and IPv6, and name it with --vantage.",
                 "Public port checkers try TCP alone, and mostly over IPv4."},
       .commands = {"sudo ringback wait 443/tcp"},
       .costs = {.privacy = "a vantage point of somebody else's learns this home's address and which ports were tried",
                 .money = "nothing with a phone; a small server costs a few euros a month"},
       .reading = {{6092, "", "what a home router keeps out over IPv6, and why it has to be tried over both families"}},
       .search_for = {"port check from outside", "test port over mobile network", "IPv6 port checker"}},
  };
}

}  // namespace ringback::diagnosis::pages
