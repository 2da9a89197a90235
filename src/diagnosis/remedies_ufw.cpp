#include "diagnosis/firewall_rule.hpp"

namespace ringback::diagnosis::firewall {
namespace {

const Command list{"sudo ufw status numbered"};

/// ufw's own chains are nowhere in the kernel, although it is switched on: another program has written its rules over them.
bool is_not_loaded(const System& s) {
  if (!s.has_tool("ufw") || !s.evidence || !s.evidence->filter) return false;
  const auto& filter = *s.evidence->filter;
  const auto holds = [&](const char* text) { return filter.ruleset.find(text) != std::string::npos; };
  return holds("\"nftables\"") && !holds("\"ufw") && !filter.legacy_ipv4 && !filter.legacy_ipv6;
}

Remedy tell_it_of_ipv6(const Deciding& d) {
  return advise(
      title(d, "ufw"),
      {"ufw drops all of IPv6 while /etc/default/ufw says IPV6=no.",
       "The first command changes that line, the second one loads ufw's rules again, and the third one allows the port for IPv6 as well.",
       "The last command lists ufw's rules. If the port stands there as LIMIT, put limit in place of allow in the third command: otherwise "
       "the limit is taken off."},
      {{"sudo sed -i 's/^IPV6=.*/IPV6=yes/' /etc/default/ufw"}, {"sudo ufw reload"}, {"sudo ufw allow {}/{}", d.port, d.protocol}, list});
}

Remedy load_again(const Deciding& d, const std::string& why) {
  return advise("Load ufw's rules again",
                {why + " The first command loads the rules from ufw's files again, and changes none of them.",
                 fmt::format("The second command lists what is in force. Only where port {}/{} is not in that list at all, allow it with the line "
                             "below. Where it is there as LIMIT, do not: that would take the limit off.\nsudo ufw allow {}/{}",
                             d.port, d.protocol, d.port, d.protocol)},
                {{"sudo ufw reload"}, list});
}

/// The first rule of the list that fits decides.
Remedy put_in_front(const Deciding& d) {
  return advise(
      title(d, "ufw"),
      {"ufw goes through its list of rules from the top, and the first one that fits decides. Here that is one which denies this port.",
       "The first command puts a rule that allows the port at the top. Where the list has a rule for exactly this port already, ufw says "
       "that it "
       "skips this; then the second command turns that rule from DENY into ALLOW.",
       "The last command shows the list. Both changes hold after a restart, too."},
      {{"sudo ufw prepend allow {}/{}", d.port, d.protocol}, {"sudo ufw allow {}/{}", d.port, d.protocol}, list});
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
  std::vector<std::string> steps{
      "The first command allows the port; this holds after a restart, too. The second one shows ufw's list of rules.",
      "If that list has a DENY or REJECT for this port above the new ALLOW, delete it by its number:\nsudo ufw delete NUMBER",
      "If the port is in the list as LIMIT already, leave the first command out, because it would take the limit off. This loads the rule "
      "again:\nsudo ufw reload"};
  if (d.ipv6) steps.emplace_back("For IPv6, /etc/default/ufw has to say IPV6=yes; after a change there:\nsudo ufw reload");
  return advise(title(d, "ufw"), std::move(steps), {{"sudo ufw allow {}/{}", d.port, d.protocol}, list});
}

Closing close_with_ufw(const Deciding& d) {
  return {{"Or close the port in this host's own firewall, ufw, whose first rule that fits decides: the command with prepend denies the port at the top of "
           "its list. Where the list has a rule for exactly this port already, ufw says that it skips this; then the command with deny alone turns that "
           "rule from ALLOW into DENY. The last command shows the list. Both changes hold after a restart, too."},
          {{"sudo ufw prepend deny {}/{}", d.port, d.protocol}, {"sudo ufw deny {}/{}", d.port, d.protocol}}, {list}};
}

}  // namespace ringback::diagnosis::firewall
