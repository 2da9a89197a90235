/// Knocks that do not reach this host.
#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {
namespace {

constexpr std::string_view open_to_all = "what is opened to visitors is open to everybody: keep the program behind it up to date";

}  // namespace

std::vector<Explanation> of_the_way_here() {
  return {
      {.code = "inbound.no-port-forward",
       .plainly =
           {"The home has a public IPv4 address, and the home router has it. A vantage point, a helper on the internet, knocked on the port; nothing "
            "came out of the router towards this host. The router was not told to pass this port on, or passes it on in its list only."},
       .neighbours = {{"inbound.not-arriving",
                       "Where another port does arrive, a missing forward and a block at the provider look the same. So they do where the router's "
                       "list has the forward already, or where a control port meets silence and this one a refusal."},
                      {"inbound.provider-block",
                       "There no router can be it, or the router lists the forward and the same port is missing over IPv6 too."},
                      {"router.forward-elsewhere", "There the router's list sends the port to another address."},
                      {"ipv4.cgnat", "There the provider owns the public address, and no forward can help."},
                      {"ipv4.double-nat", "There a second router at home has to forward as well."},
                      {"inbound.host-firewall", "There the knock was seen at this host's network card. Here it was not."}},
       .doubt = "It is as certain as it is that the router owns the public address, and never more than likely, but for one case: the router's own "
                "list has the forward, switched off.",
       .steps = {"Open the home router's menu and look for \"port forwarding\", \"port sharing\", \"virtual server\" or \"NAT\".",
                 "Forward the port, outside and inside the same, TCP or UDP as the service needs it, to this host.",
                 "Give this host a fixed address in the router's DHCP settings, so that the forward keeps pointing at it.",
                 "Let a phone with Wi-Fi switched off try, while the command watches."},
       .commands = {"sudo ringback wait 443/tcp"},
       .costs = {.privacy = "whoever searches the internet for open ports finds this one", .security = open_to_all},
       .reading = {{6886, "3.3", "how programs ask a router for a forward (NAT-PMP)"}, {6887, "11", "the same in its successor (PCP)"}},
       .search_for = {"port forwarding", "port sharing", "virtual server", "NAT rule"}},

      {.code = "inbound.no-ipv6-opening",
       .plainly = {"Over IPv6 this host has a public address of its own, and nothing has to be translated. But a home router keeps strangers out all "
                   "the same: its IPv6 firewall lets in only what was asked for from inside. For a service it needs an opening: \"this port of this "
                   "device\". There is none for this one.",
                   "A port forward for IPv4 does not open it over IPv6."},
       .neighbours = {{"inbound.not-arriving",
                       "There nothing shows that it is the router. Here it refuses, it says by UPnP that its firewall is on, or echo requests (ping) "
                       "pass and the port does not. Where another port arrives, either may be it, unless this port arrives over IPv4 or at another "
                       "address of this host."},
                      {"inbound.provider-block", "There even a port that nobody opened arrives, or no router stands in between."},
                      {"router.pinhole-forbidden", "That tells beside it that programs cannot make an opening themselves."},
                      {"dns.aaaa-router", "There the name leads to the router, whatever is opened."},
                      {"inbound.host-firewall", "There the knock was seen at this host's network card. Here it was not."}},
       .doubt = "It is likely, and no more: a provider can do all of this as well, though few do.",
       .steps = {"Open the home router's menu and look for \"IPv6 firewall\", \"IPv6 pinhole\", \"inbound rules\" or \"port sharing\" with IPv6.",
                 "Allow the port from anywhere to this host's IPv6 address that stays. Outside and inside port are the same.",
                 "Where the router wants an interface identifier, that is the second half of this address.",
                 "Let a phone with Wi-Fi switched off try, while the command watches."},
       .commands = {"ip -6 address show scope global", "sudo ringback wait 443/tcp"},
       .costs = {.privacy = "the address leads to this very device", .security = open_to_all},
       .reading = {{6092, "REC-34", "a router's firewall refuses a stranger's connection, after six seconds at the earliest"}},
       .search_for = {"IPv6 firewall", "IPv6 pinhole", "IPv6 port sharing", "inbound rule IPv6"}},

      {.code = "inbound.provider-block",
       .plainly = {"Some providers do not let everything through to their customers: port 25 (mail), 445 (file sharing) and sometimes 80 and 443 are "
                   "dropped on lines for homes. Here another port arrives at this host, this one does not, and nothing at home can be the reason."},
       .neighbours = {{"inbound.no-port-forward", "There nothing arrives at all, and the router owns the public address."},
                      {"inbound.no-ipv6-opening", "There something shows that it is the router's firewall."},
                      {"inbound.not-arriving", "There a router stands in between that might be it."},
                      {"ipv4.shared-ports", "There the port is not this home's, because the address is shared."}},
       .doubt = "It is likely. It takes a line without a router in between, a router that even lets in a port that nobody opened, or a router that "
                "lists the forward like that of a port which arrives while over IPv6 the same port is missing too. Where vantage points are often "
                "not allowed to send to a port (25, 465, 587, 135 to 139, 445) and one alone knocked, whether the knock ever went out could not be "
                "tested, and the provider is not blamed.",
       .steps = {"Use another outside port: forward a high one, such as 8443, to the port of the service, and tell visitors that port. Over IPv6, "
                 "let the program listen on it as well.",
                 "Or ask the provider to open the port; some do so in the customer area."},
       .costs = {.money = "nothing; some providers open ports on business lines alone",
                 .inconvenience = "visitors have to type the port; mail servers cannot be moved to another one, and certificates that are proven by "
                                  "port 80 need another way of proof"},
       .reading = {{6269, "5.2", "why well-known ports matter to visitors"}},
       .search_for = {"ISP blocks port 80", "blocked ports residential", "port 25 blocked"}},

      {.code = "inbound.not-arriving",
       .plainly = {"A vantage point knocked, this host's network card was watched all the while and lost nothing, and the knock did not come. "
                   "Somebody before this host keeps it away: the home router or the provider. Which of the two is not to be seen from inside the "
                   "home, and so nobody is blamed."},
       .neighbours = {{"inbound.no-port-forward",
                       "There the router owns the public address, nothing else arrives, and its list has no working forward."},
                      {"inbound.no-ipv6-opening", "There something shows that it is the router."},
                      {"inbound.provider-block", "There another port arrives, and no router can be it."},
                      {"measure.lossy", "There the watching lost packets, so that silence proves nothing."},
                      {"measure.no-privilege", "There the card could not be watched."},
                      {"inbound.untested", "There nobody knocked over this address family."}},
       .doubt = "That nothing arrived is seen; who keeps it away could not be told. Where one vantage point gets in and another one does not, it is "
                "a block list or a broken way for that one alone, and said so.",
       .steps = {"Check the home router first: the port forward for IPv4, the opening in its firewall for IPv6, and whether a second rule for the "
                 "same port comes before it.",
                 "Where the router lists the forward already, switch it off and on again, or restart the router.",
                 "Try another outside port: if that one arrives, and the router treats both alike, the provider blocks the first.",
                 "If the router is set rightly, ask the provider whether it blocks this port, or lets anybody in at all."},
       .commands = {"sudo ringback wait 443/tcp"},
       .costs = {.security = open_to_all, .inconvenience = "finding out who it is takes a few tries"},
       .reading = {{6092, "", "what a home router keeps out over IPv6"}, {6888, "3", "what a provider's translator keeps out over IPv4"}},
       .search_for = {"port forwarding not working", "port closed", "ISP blocks incoming connections"}},

      {.code = "inbound.answered-elsewhere",
       .plainly = {"The vantage point knocked and got an answer. But the knock never reached this host's network card, and this host sent nothing. "
                   "So somebody else answered in its place: the home router's own page, a machine at home that the port is forwarded to, or a box of "
                   "the provider's. A port checker would call the port open, and visitors would still find the wrong machine."},
       .neighbours = {{"router.forward-elsewhere",
                       "There the router's own list says where it sends the port, or the knock was seen to pass by to another address."},
                      {"inbound.no-port-forward", "There nobody answered, or somebody on the way refused."},
                      {"inbound.no-listener", "There this host itself refused."},
                      {"exposure.unexpected-service", "There this host itself answered, on a port that nobody named."}},
       .doubt = "With the card watched it is certain that it was not this host. Who it was is told by the router's list alone. Where another port is "
                "answered in the same way, a box on the way completes every connection. Without watching the card it is likely, and said where "
                "nothing here listens on the port or nothing can come in on this line.",
       .steps = {"Open the page that visitors get, from outside: it mostly tells what machine it is.",
                 "If it is the router's own page, switch its remote access off or move it to another port.",
                 "If an entry for this port leads to another machine, delete that entry. Then forward the port here."},
       .commands = {"sudo ringback wait 443/tcp"},
       .costs = {.security = "better than before where it was the router's own page: that had better not be open to the world",
                 .inconvenience = "who used the other machine by this port cannot any more"},
       .reading = {{9293, "3.10.7", "what a machine answers to a connection, and who may"}},
       .search_for = {"router login page from outside", "remote management port 443", "port forward wrong machine"}},
  };
}

}  // namespace ringback::diagnosis::pages
