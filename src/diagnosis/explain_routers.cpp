/// What the home router says of itself, and what is open although nobody asked for it.
#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {

std::vector<Explanation> of_routers() {
  return {
      {.code = "router.forward-elsewhere",
       .plainly = {"A port of the home router can be forwarded to one machine only. The router's own list says that this one goes to another address "
                   "than this host's: to another machine at home, or to an address that this host had before.",
                   "Whoever knocks gets that machine, or nobody."},
       .neighbours = {{"inbound.no-port-forward", "There the list has no such entry, has it switched off, or could not be read."},
                      {"inbound.answered-elsewhere", "There somebody else answered, and no list says who."},
                      {"inbound.no-listener", "There the entry leads to this host, but to a port where nothing listens."}},
       .doubt = "By the router's list it is certain once somebody knocked, otherwise likely. Without a list, a knock that passes this host's network "
                "card on its way to another address shows it, and it is likely. Routers that do not show their list could not be asked.",
       .steps = {"Find the entry for the port in the home router's menu (\"port forwarding\", \"port sharing\", \"virtual server\"), and delete it "
                 "or lead it to this host.",
                 "Give this host a fixed address in the router's DHCP settings, so that the forward keeps pointing at it.",
                 "If both machines need the port, give one of them another outside port."},
       .costs = {.security = "what is opened to visitors is open to everybody: keep the program behind it up to date",
                 .inconvenience = "the other machine can no longer be reached by this port"},
       .reading = {{6886, "3.3", "how programs ask a router for a forward (NAT-PMP)"}, {6887, "11", "the same in its successor (PCP)"}},
       .search_for = {"port forwarding list", "virtual server", "port already in use router", "DHCP reservation"}},

      {.code = "router.pinhole-forbidden",
       .plainly = {"Over IPv6 a router does not forward, it opens: a hole in its firewall for one port of one device, a pinhole. Some routers let "
                   "programs at home make such holes by themselves. This one does not: they have to be made in its menu. That is a sound setting, "
                   "and only means some clicks more."},
       .neighbours = {{"inbound.no-ipv6-opening",
                       "That is what stops visitors: there is no opening. This tells beside it that a program cannot make one."}},
       .doubt = "It is the router's own word (UPnP), or its refusal with the error 703 where a try was allowed. A refusal for other reasons, such as "
                "606, may be about who asked, and is not counted.",
       .steps = {"Open the port by hand in the home router's menu: \"IPv6 firewall\", \"IPv6 pinhole\" or \"port sharing\" with IPv6.",
                 "Or allow this one device to open ports itself (UPnP or PCP for IPv6), where the router has that."},
       .costs = {.security = "a device that may open ports itself can be made to by any program on it; opened by hand, the port alone is open"},
       .reading = {{6092, "", "what a home router's IPv6 firewall should do"}, {6887, "11", "how programs ask for an opening (PCP)"}},
       .search_for = {"IPv6 pinhole", "UPnP IPv6", "allow independent port sharing", "WANIPv6FirewallControl"}},
  };
}

std::vector<Explanation> of_exposure() {
  return {
      {.code = "exposure.unexpected-service",
       .plainly = {"Beside the services that were named, a vantage point knocked on whatever else listens on this host. This one answered a stranger "
                   "from the internet, although nobody had named it. It may be meant so. If not, everybody who looks finds it, and many do: the "
                   "whole internet is searched for open ports all day."},
       .neighbours =
           {{"exposure.exposed-host",
             "There even a port on which nothing listens lets knocks through: the whole host is open. What is open is then listed in that finding."},
            {"inbound.answered-elsewhere", "There another machine answered, and not this host."}},
       .doubt = "It is certain where the knock was seen at the network card and this host's answer came back. Without watching the card it is the "
                "vantage point's word, and likely. Ports that no vantage point could knock on were not tested.",
       .steps = {"Find out which program it is. If nobody needs it, stop it.",
                 "If this host alone needs it, let it listen on 127.0.0.1 and ::1 alone.",
                 "Otherwise close the port: delete the forward or the opening in the home router, or drop it in this host's firewall.",
                 "If it is meant to be reached, name it with --service, and it is not reported any more."},
       .commands = {"sudo ss -ltunp"},
       .costs = {.inconvenience = "who used it from outside cannot any more"},
       .reading = {{7288, "", "what a firewall on a host is good for, and what it is not"},
                   {6092, "", "what a home router's IPv6 firewall should do"}},
       .search_for = {"open port", "service exposed to the internet", "bind to localhost"}},

      {.code = "exposure.exposed-host",
       .plainly = {"A vantage point knocked on a port that nobody opened and on which nothing listens. The knock arrived at this host all the same. "
                   "So nothing stands in front of it: the router passes everything on (\"exposed host\", \"DMZ\"), or its IPv6 firewall is off. "
                   "Whatever is started on this host is open to the world at once."},
       .neighbours = {{"exposure.unexpected-service", "There one service is open, and a port that nobody opened is not."},
                      {"inbound.no-listener", "There the port was one that shall be reached. Here it is one that nobody asked for."}},
       .doubt = "The network card saw the knock, so it is certain. It is a note where this host has the public address itself, as then everything "
                "arrives, or where its own firewall turns the knock away: then there is nothing to do here, as long as that firewall runs.",
       .steps = {"Over IPv4, switch off \"exposed host\" or \"DMZ\" in the home router, and forward the ports that you need one by one.",
                 "Over IPv6, switch the home router's IPv6 firewall on, and open the ports that you need one by one.",
                 "Until then, let this host's own firewall allow only what is needed.", "Stop programs that listen and that nobody needs."},
       .commands = {"sudo ss -ltunp"},
       .costs = {.inconvenience = "services that were open by this alone need a forward or an opening of their own"},
       .reading = {{6092, "", "what a home router's IPv6 firewall should do"},
                   {7288, "", "what a firewall on a host is good for, and what it is not"}},
       .search_for = {"exposed host", "DMZ host", "IPv6 firewall off"}},
  };
}

}  // namespace ringback::diagnosis::pages
