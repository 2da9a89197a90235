#include <fmt/format.h>

#include "plan/make_plan.hpp"

namespace ringback {
namespace {

void line(std::string& out, const char* probe, const std::string& what) { out += fmt::format("{:<10} {}\n", probe, what); }

std::string targets(const std::vector<HostPort>& hosts) {
  std::string text;
  for (const auto& host : hosts) text += fmt::format("{}{}", text.empty() ? "" : ", ", host.port == 0 ? host.host : fmt::format("{}:{}", host.host, host.port));
  return text;
}

std::string shown(const std::vector<Leg>& legs) {
  std::string text;
  for (const auto& leg : legs)
    text += fmt::format("{}{} through {}{}{}", text.empty() ? "" : ", ", to_string(leg.family), leg.interface,
                        leg.gateway ? " and " + leg.gateway->to_string() : "", leg.bind ? " (bound to it)" : "");
  return text;
}

}  // namespace

std::string to_text(const Plan& plan) {
  std::string out;
  if (plan.link)
    line(out, "link", fmt::format("{}{}on {}", plan.link->ipv6 ? "router solicitation, DHCPv6, " : "", plan.link->ipv4 ? "DHCP " : "", plan.link->interface));
  if (plan.stun) line(out, "stun", fmt::format("ask {}; {}", targets(plan.stun->servers), shown(plan.stun->legs)));
  if (plan.web)
    for (const auto& target : plan.web->targets) line(out, "web", fmt::format("get {} ({})", target.url, to_string(target.kind)));
  if (plan.router) line(out, "router", fmt::format("NAT-PMP, PCP and UPnP; {}", shown(plan.router->legs)));
  if (plan.path) line(out, "path", fmt::format("{} hops towards {}", plan.path->farthest, targets(plan.path->destinations)));
  if (plan.dns) line(out, "dns", plan.dns->names.empty() ? "ipv4only.arpa" : fmt::format("{} and ipv4only.arpa", fmt::join(plan.dns->names, ", ")));
  if (plan.filter) line(out, "filter", fmt::format("this host's own rules for {} services", plan.filter->services.size()));
  if (plan.inbound)
    for (const auto& url : plan.inbound->vantages) {
      for (const auto& service : plan.inbound->services) line(out, "inbound", fmt::format("{} knocks on {}", url, service.to_string()));
      if (is_port_checker(url)) continue;
      for (const auto& service : plan.inbound->exposure)
        line(out, "inbound", fmt::format("{} knocks on {}, which nobody asked for", url, service.to_string()));
    }
  for (const auto& skipped : plan.skipped) line(out, skipped.probe.c_str(), fmt::format("not run: {}", skipped.reason));
  return out;
}

}  // namespace ringback
