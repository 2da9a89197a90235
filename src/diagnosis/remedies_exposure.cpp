/// What strangers reach although nobody meant it.
#include "diagnosis/remedies_by_code.hpp"

namespace ringback::diagnosis::advice {
namespace {

Command who_listens_there(const Finding& f) {
  const bool udp = f.subject.service && f.subject.service->protocol == Protocol::udp;
  if (!f.subject.service) return {"sudo ss -ltunp"};
  const auto filter = fmt::format("sport = :{}", f.subject.service->inside);
  return udp ? Command{"sudo ss -lunp {}", filter} : Command{"sudo ss -ltnp {}", filter};
}

}  // namespace

Remedies open_service(const Finding& f, const System& s) {
  const bool six = f.subject.family == Family::ipv6;
  std::vector<std::string> steps;
  if (s.has_router) {
    steps.push_back(s.open_menu());
    steps.push_back(
        six ? fmt::format("Look for \"IPv6 firewall\" or \"port sharing\", and delete what lets {} in to this host.", inside_port(f))
            : fmt::format("Look for \"port forwarding\" or \"port sharing\", and delete the entry for {}.", outside_port(f)));
  }
  const auto closing = close_port(f, s);
  steps.push_back(fmt::format(
      "If nobody needs the program at all, stop it; {} shows which one listens on {}. If only this host itself needs it, let it listen on "
      "127.0.0.1 and ::1 alone.",
      closing.empty() ? "the command" : "the first command", inside_port(f)));
  if (!closing.empty()) steps.emplace_back("Or close the port in this host's own firewall, with what follows it.");
  steps.emplace_back("If it is meant to be reached, name it with --service the next time, and it is not reported any more.");
  auto commands = closing;
  commands.insert(commands.begin(), who_listens_there(f));
  return {advise("Close what nobody needs from outside", std::move(steps), commands)};
}

Remedies exposed(const Finding& f, const System& s) {
  const bool six = f.subject.family == Family::ipv6;
  const char* where = six ? "Switch the home router's IPv6 firewall on, and open the ports that you need one by one."
                          : "Switch off \"exposed host\" or \"DMZ\" in the home router, and forward the ports that you need one by one.";
  if (s.fritzbox)
    where =
        "In the FRITZ!Box: Internet > Permit Access > Port Sharing, edit this host, and untick what opens it completely (\"exposed "
        "host\"). Then open the "
        "ports that you need one by one.";
  std::vector<std::string> steps;
  if (s.has_router) steps = {s.open_menu(), where};
  steps.emplace_back(s.has_router ? "Until then, let this host's own firewall allow only what is needed."
                                  : "Let this host's own firewall allow only what is needed.");
  steps.emplace_back("The command lists the programs that listen on this host: stop those that nobody needs.");
  return {advise("Open single ports instead of all", std::move(steps), {{"sudo ss -ltunp"}})};
}

}  // namespace ringback::diagnosis::advice
