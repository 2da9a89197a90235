#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {

std::vector<Explanation> of_internet() {
  return {
      {.code = "internet.offline",
       .plainly = {"At the moment this host cannot talk to anybody outside its own network. As long as that lasts, whether visitors would get in "
                   "could not be tested: nobody outside could be asked to try, and nothing is said about the router, the provider or the names."},
       .neighbours = {{"internet.captive-portal",
                       "Something does answer there, and it is not who was asked: a page whose content is known comes back as another one."},
                      {"ipv6.broken", "There IPv4 gets answers, and IPv6 alone gets none."},
                      {"ipv4.none", "There IPv6 gets answers, and IPv4 has no way out, or gets none."},
                      {"dns.resolver-broken", "There servers that are asked by their address answer; a resolver alone is silent."},
                      {"host.vpn-default-route",
                       "A VPN that answers nothing is a dead tunnel and no dead line: with one, this code is not reported."}},
       .doubt = "It is certain where this host has no default route at all, where three servers or more were silent, or where the home router itself "
                "says that it has no way out. With fewer witnesses it is likely. Where resolvers alone were silent, because no name could be looked "
                "up, it is no more than possible: a dead resolver on a line that works looks the same.",
       .steps =
           {"Look at the home router: is its internet light on, does its start page say that it is connected?",
            "If other devices are offline as well, restart the home router and wait five minutes. If that does not help, call the provider.",
            "If this host alone is offline, check its cable or Wi-Fi, and whether it has an address, a default route and an answer from the router."},
       .commands = {"ip address show", "ip route show"},
       .costs = {.inconvenience = "a restart of the router takes everybody at home offline for some minutes, and may bring new addresses"},
       .reading = {{3927, "", "the address beginning with 169.254 that a host gives itself when nobody hands one out"}},
       .search_for = {"no internet access", "router shows no connection", "default gateway missing"}},

      {.code = "internet.captive-portal",
       .plainly = {"Hotels, trains, schools and some guest networks put a page of their own in front of the internet: log in, pay, or agree to the "
                   "terms. Until then whatever is asked of the internet is answered by that page, or not at all.",
                   "A network like that is hardly ever one that visitors can be let into: its router belongs to somebody else."},
       .neighbours = {{"internet.offline", "There nothing answers at all. Here something answers in the place of who was asked."},
                      {"measure.vantage-down",
                       "One odd answer of one server is that server's own trouble, as long as anything else outside answers as it should."}},
       .doubt = "As soon as one page comes back as it should, there is no portal. It is certain where the strange answer leads to another page, or "
                "says \"Network Authentication Required\" (status 511), and nothing else outside answers; otherwise it is likely.",
       .steps = {"Open a web browser on this host, or on a device with the same login, and go to any page that begins with http:// (not https://).",
                 "Log in or agree to the terms, then run ringback again.",
                 "If this is a network at home, look into the home router: a guest network or a parental control may have put the page there."},
       .costs = {.privacy = "the portal learns who logs in, and often asks for a name or an e-mail address",
                 .money = "nothing, or what the network asks for",
                 .inconvenience = "many portals ask again after hours or days"},
       .reading = {{8952, "", "what a captive portal is, and how it should tell devices of itself"},
                   {6585, "6", "status 511, which nobody but a portal sends"}},
       .search_for = {"captive portal", "hotspot login page", "guest network login"}},
  };
}

}  // namespace ringback::diagnosis::pages
