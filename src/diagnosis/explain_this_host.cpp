/// Knocks that reach this host, and go no further.
#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {

std::vector<Explanation> of_this_host() {
  return {
      {.code = "inbound.host-firewall",
       .plainly = {"The way in is open: the knock was seen at this host's network card. Then this host's own firewall, the packet filter of the "
                   "Linux kernel, dropped it, or sent a refusal back. The card is watched before any rule applies, so a knock that arrives and is "
                   "not answered was stopped here.",
                   "The rules may be those of ufw, firewalld, Docker or fail2ban, or written by hand. They may turn away everybody, one visitor "
                   "alone, or whoever comes too often; or they may let visitors in and keep the answers in.",
                   "Where this host passes the port on, to a container or a virtual machine for example, the rules for what comes to the host itself (input) are not "
                   "asked: those for what it passes on (forward) decide, and they see the container's address and port."},
       .neighbours = {{"inbound.no-listener",
                       "There the kernel itself refuses, because no program is there. A host without a program is not silent; only a filter is."},
                      {"inbound.wrong-bind", "There a program listens, and not on the address that the knock came to."},
                      {"inbound.reply-lost", "There an answer left, or this host has no way back to the visitor."},
                      {"inbound.not-arriving", "There the knock never came to the network card."},
                      {"measure.lossy", "There it could not be seen whether an answer left."}},
       .doubt = "Certain where the rules could be read and one of them drops or rejects the knock, or where TCP was answered by an ICMP error, which "
                "only filters send. Where the rules could not be read, or none of them fits, it is likely: something on this host keeps silent. "
                "Where the knock was turned away by the sender's address alone, what becomes of other visitors could not be tested.",
       .steps =
           {"Find the rule. The finding names it where it could be read.",
            "Open the port where your firewall keeps its rules. ufw: sudo ufw allow 443/tcp. firewalld: sudo firewall-cmd --permanent "
            "--add-port=443/tcp, and --reload. By hand: accept the port above the rule that drops, also in the file that is loaded at the start.",
            "If one visitor alone is turned away, look into the list of a program such as fail2ban or CrowdSec: it may be meant so.",
            "If a limit turned the knock away, wait a minute and try again."},
       .commands = {"sudo nft -a list ruleset", "sudo ufw status numbered"},
       .costs = {.security = "what is opened is open to everybody: keep the program behind it up to date; an entry taken off a block list lets that "
                             "visitor try again"},
       .reading = {{7288, "", "what a firewall on a host is good for, and what it is not"},
                   {9293, "3.10.7.1", "that a closed port answers with a refusal, and not with silence"}},
       .search_for = {"ufw allow port", "firewalld add-port", "nftables drop", "iptables INPUT policy"}},

      {.code = "inbound.no-listener",
       .plainly = {"The way in may be open to the end, but nobody is at home: no program of this host takes connections on this port. The kernel "
                   "then refuses by itself. The program is not started, uses another port, or hangs. Or the home router, or a rule of this host, "
                   "passes the port on to a place where nobody is."},
       .neighbours = {{"inbound.wrong-bind", "There a program has this port, but on loopback, another address or the other family alone."},
                      {"inbound.host-firewall", "There a program listens, or the answer is one that only a filter sends, or there is none at all."},
                      {"inbound.answered-elsewhere", "There somebody else answers in its place."}},
       .doubt = "The kernel's list of sockets tells, so it is certain; likely where rules that may pass the port on could not be read, and where the "
                "program has more visitors waiting than it lets wait. Where neither sockets nor rules could be read, a refusal alone makes it "
                "possible. With containers whose rules could not be read, whether somebody listens could not be tested.",
       .steps = {"See what listens on this host; if the program is there with another port, correct the port in its configuration, or forward to "
                 "that one.",
                 "Start the program, let it start at boot, and look at its state and its log.",
                 "If it is in a container, see that the container runs and publishes the port.",
                 "If it runs and takes no more connections, restart it, and look whether it is overloaded."},
       .commands = {"sudo ss -ltunp", "systemctl --failed"},
       .costs = {.security = "a program that is started is open to whoever gets that far: keep it up to date"},
       .reading = {{9293, "3.10.7.1", "that a closed port answers with a refusal"}, {4443, "3.1", "how a closed UDP port says so over IPv6"}},
       .search_for = {"connection refused", "service not listening", "ss -ltn", "docker publish port"}},

      {.code = "inbound.wrong-bind",
       .plainly = {"A program picks the addresses on which it takes visitors. This one has the right port, but only on loopback (127.0.0.1 or ::1, "
                   "by which a host talks to itself), on another address or network card, or for IPv4 or IPv6 alone. From this host all seems well, "
                   "and visitors find nobody."},
       .neighbours = {{"inbound.no-listener", "There no program has the port at all."},
                      {"inbound.host-firewall", "There the program does listen where visitors arrive, and they are stopped before it."},
                      {"exposure.unexpected-service", "That is the other way round: a program that should have listened on loopback alone."}},
       .doubt = "The kernel's list of sockets tells the address, so it is certain; likely where rules that may pass the port on could not be read.",
       .steps = {"Let the program listen on every address: 0.0.0.0 for IPv4 and :: for IPv6 (where that already takes IPv4 as well, :: alone), or on the address that visitors come to. nginx: "
                 "\"listen 443;\" and \"listen [::]:443;\". Docker: publish the port without 127.0.0.1 before it.",
                 "Restart it, and look again.", "Where it is meant for this host alone, put a reverse proxy before it, and open that one."},
       .commands = {"sudo ss -ltunp"},
       .costs = {.security = "the program is then open to every machine that gets that far, those at home as well"},
       .reading = {{3493, "5.3", "why a socket for IPv6 takes IPv4 as well, or does not"}},
       .search_for = {"bind address 0.0.0.0", "listen on all interfaces", "bound to localhost", "IPV6_V6ONLY"}},
  };
}

}  // namespace ringback::diagnosis::pages
