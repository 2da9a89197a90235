#include "probes/host/update_services.hpp"

#include <algorithm>
#include <iterator>

namespace ringback::host {
namespace {

/// From the instructions that each gives to its users.
constexpr UpdateService services[] = {{.url = "dynv6.com/api/update", .label_of = "", .six = "ipv6", .takes_what_is_told = true},
                                      {.url = "duckdns.org/update", .label_of = ".duckdns.org", .six = "ipv6", .sees_ipv4_alone = true},
                                      {.url = "dynupdate.no-ip.com/nic/update", .label_of = "", .six = "myipv6"},
                                      {.url = "members.dyndns.org/nic/update", .label_of = "", .six = ""},
                                      {.url = "dyndns.strato.com/nic/update", .label_of = "", .six = "myip"},
                                      {.url = "update.dedyn.io", .label_of = "", .six = "myipv6"},
                                      {.url = "update6.dedyn.io", .label_of = "", .six = "myipv6"},
                                      {.url = "ipv64.net/nic/update", .label_of = "", .six = "ip6"},
                                      {.url = "ipv64.net/update.php", .label_of = "", .six = "ip6"},
                                      {.url = "ddnss.de/upd.php", .label_of = "", .six = "ip6"},
                                      {.url = "freemyip.com/update", .label_of = "", .six = ""},
                                      {.url = "api.dynu.com/nic/update", .label_of = "", .six = "myipv6"},
                                      {.url = "dyn.dns.he.net/nic/update", .label_of = "", .six = "myip"},
                                      {.url = "dyndns.inwx.com/nic/update", .label_of = "", .six = "myipv6"},
                                      {.url = "carol.selfhost.de/", .label_of = "", .six = ""},
                                      {.url = "svc.joker.com/nic/update", .label_of = "", .six = "myip"},
                                      {.url = "now-dns.com/update", .label_of = "", .six = ""},
                                      {.url = "dyndns.variomedia.de/nic/update", .label_of = "", .six = ""},
                                      {.url = "freedns.afraid.org/dynamic/update.php", .label_of = "", .six = "address"},
                                      {.url = "sync.afraid.org/u/", .label_of = "", .six = ""}};

}  // namespace

const UpdateService* update_service_in(std::string_view line) {
  const auto* found = std::ranges::find_if(services, [&](const UpdateService& each) { return line.find(each.url) != std::string_view::npos; });
  return found == std::end(services) ? nullptr : found;
}

}  // namespace ringback::host
