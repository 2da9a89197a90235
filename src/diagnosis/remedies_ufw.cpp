#include "diagnosis/firewall_rule.hpp"

namespace ringback::diagnosis::firewall {
namespace {

const Command list{"sudo ufw status numbered"};
const Step look_at_list{"Look at ufw's list of rules with this command.", {list}};

Command allow(const Deciding& d) { return {"sudo ufw allow {}/{}", d.port, d.protocol}; }

/// ufw's own chains are nowhere in the kernel, although it is switched on: another program has written its rules over them.
bool is_not_loaded(const System& s) {
  if (!s.has_tool("ufw") || !s.evidence || !s.evidence->filter) return false;
  const auto& filter = *s.evidence->filter;
  const auto holds = [&](const char* text) { return filter.ruleset.find(text) != std::string::npos; };
  return holds("\"nftables\"") && !holds("\"ufw") && !filter.legacy_ipv4 && !filter.legacy_ipv6;
}

Remedy tell_it_of_ipv6(const Deciding& d) {
  return advise_by_steps(title(d, "ufw"),
                         {{"ufw drops all of IPv6 while /etc/default/ufw says IPV6=no. The first command changes that line, the second one loads ufw's rules again.",
                           {{"sudo sed -i 's/^IPV6=.*/IPV6=yes/' /etc/default/ufw"}, {"sudo ufw reload"}}},
                          look_at_list,
                          {"Allow the port for IPv6 as well with this command. If it stands in the list as LIMIT, put limit in place of allow: otherwise the limit is taken off.",
                           {allow(d)}}});
}

Remedy load_again(const Deciding& d, const std::string& why) {
  return advise_by_steps("Load ufw's rules again",
                         {{why + " The first command loads the rules from ufw's files again, and changes none of them; the second one lists what is in force.",
                           {{"sudo ufw reload"}, list}},
                          {fmt::format("Only where port {0}/{1} is not in that list at all, allow it with the line below. Where it is there as LIMIT, do not: that would "
                                       "take the limit off.\nsudo ufw allow {0}/{1}", d.port, d.protocol)}});
}

/// The first rule of the list that fits decides.
Remedy put_in_front(const Deciding& d) {
  return advise_by_steps(
      title(d, "ufw"),
      {{"ufw goes through its list of rules from the top, and the first one that fits decides. Here that is one which denies this port. This command puts a rule that "
        "allows the port at the top.",
        {{"sudo ufw prepend allow {}/{}", d.port, d.protocol}}},
       {"Where the list has a rule for exactly this port already, ufw says that it skips this; then this command turns that rule from DENY into ALLOW.", {allow(d)}},
       shows_ufws_list()});
}

}  // namespace

Remedy with_ufw(const Deciding& d, const System& s) {
  if (d.ipv6 && d.walk && d.walk->kept_by == "iptables") return tell_it_of_ipv6(d);
  if (is_not_loaded(s))
    return load_again(d, "ufw is switched on, but its rules are not in force: another program has taken them out.");
  if (d.walk && d.walk->led_nowhere)
    return load_again(d,
                      "ufw has a rule for this port, but only half of it is in force: the list of rules (the chain) that it leads "
                      "to is empty. That "
                      "happens when the rule is added while ufw runs.");
  if (d.guest)
    return advise(title(d, "ufw"),
                  {"The port is passed on to another machine or container, for which ufw has rules of another kind (\"route\"). The first "
                   "command allows "
                   "it, the second one shows the list."},
                  {{"sudo ufw route allow proto {} to {} port {}", d.protocol, *d.guest, d.port}, list});
  if (d.answer)
    return advise(title(d, "ufw"), {"The first command allows what leaves this host from the port, the second one shows the list."},
                  {{"sudo ufw prepend allow out proto {} from any port {}", d.protocol, d.port}, list});
  if (d.walk && d.walk->chain && d.walk->chain->ends_with("-user-input")) return put_in_front(d);
  std::vector<Step> steps{
      look_at_list,
      {"If the port is in the list as LIMIT already, leave out what comes next, because it would take the limit off; load the rule again instead:\nsudo ufw reload"},
      {"If it is not, allow it with this command; that holds after a restart, too.", {allow(d)}},
      {"If the list had a DENY or REJECT for this port, look at it again with this command: a new rule may have changed the numbers.", {list}},
      {"Where that DENY or REJECT stands above the new ALLOW, delete it by the number that it has now:\nsudo ufw delete NUMBER"}};
  // Before the rule: without it ufw makes one for IPv4 alone.
  if (d.ipv6) steps.insert(steps.begin() + 1, {"For IPv6, /etc/default/ufw has to say IPV6=yes; after a change there:\nsudo ufw reload"});
  return advise_by_steps(title(d, "ufw"), steps);
}

Closing close_with_ufw(const Deciding& d) {
  return {{{"Or close the port in this host's own firewall, ufw, whose first rule that fits decides: this command denies the port at the top of its list.",
            {{"sudo ufw prepend deny {}/{}", d.port, d.protocol}}},
           {"Where the list has a rule for exactly this port already, ufw says that it skips this; then this command turns that rule from ALLOW into DENY.",
            {{"sudo ufw deny {}/{}", d.port, d.protocol}}}},
          {shows_ufws_list()}};
}

Step shows_ufws_list() { return {"This command shows the list. Such changes hold after a restart, too.", {list}}; }

}  // namespace ringback::diagnosis::firewall
