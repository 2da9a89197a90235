#include "diagnosis/remedies_by_code.hpp"

namespace ringback::diagnosis::advice {
namespace {

bool is_udp(const Finding& f) { return f.subject.service && f.subject.service->protocol == Protocol::udp; }

/// Lists the programs that listen, on the finding's port where it has one.
Command who_listens(const Finding& f) {
  if (!f.subject.service) return {"sudo ss -ltunp"};
  const auto filter = fmt::format("sport = :{}", f.subject.service->inside);
  return is_udp(f) ? Command{"sudo ss -lunp {}", filter} : Command{"sudo ss -ltnp {}", filter};
}

Service example_service(const Finding& f, const System& s) {
  if (f.subject.service) return *f.subject.service;
  if (s.evidence && !s.evidence->request.services.empty()) return s.evidence->request.services.front();
  return {Protocol::tcp, 443, 443};
}

}  // namespace

Remedies host_firewall(const Finding& f, const System& s) { return {open_port(f, s)}; }

Remedies no_listener(const Finding& f, const System&) {
  return {advise("Start the program that shall answer",
                 {"The first command lists what listens on this host; if the program is in it with another port, correct the port in its "
                  "configuration.",
                  "Start the program, and look at its state; replace NAME by its name (for example nginx, ssh, wg-quick@wg0).",
                  fmt::format("If it runs and does not listen, check that its configuration names {}.", inside_port(f))},
                 {is_udp(f) ? Command{"sudo ss -lunp"} : Command{"sudo ss -ltnp"}, {"sudo systemctl enable --now NAME"},
                  {"systemctl status NAME"}})};
}

Remedies wrong_bind(const Finding& f, const System&) {
  const unsigned port = f.subject.service ? f.subject.service->inside : 443;
  const bool six = f.subject.family == Family::ipv6;
  return {advise("Let the program listen where visitors arrive",
                 {fmt::format("In the program's configuration, put {} in place of the address that it listens on.",
                              six ? "[::] (every IPv6 address)" : "0.0.0.0 (every IPv4 address)"),
                  fmt::format("In nginx: listen {}{}; in Apache: Listen {}{}; in sshd_config: ListenAddress {}; for a container: publish "
                              "the port without an address in front.",
                              six ? "[::]:" : "", port, six ? "[::]:" : "0.0.0.0:", port, six ? "::" : "0.0.0.0"),
                  "Restart the program; replace NAME by its name. The second command then shows the new address."},
                 {{"sudo systemctl restart NAME"}, who_listens(f)})};
}

Remedies reply_lost(const Finding& f, const System& s) {
  const bool six = f.subject.family == Family::ipv6;
  const auto& source = six ? s.stable_ipv6 : s.ipv4;
  const unsigned version = six ? 6 : 4;
  const auto from = source ? source->to_string() : "THIS-HOST";
  const auto via = s.gateway_of(f.subject.family);
  std::vector<std::string> steps{
      "Answers to visitors leave through another way than they came, such as a VPN or a second line. The simplest cure is to tell the VPN "
      "not to take everything: in WireGuard, AllowedIPs without 0.0.0.0/0 and ::/0; in OpenVPN, a line pull-filter ignore redirect-gateway.",
      "Or give what this host sends from its own address the home router as its way, in a routing table of its own, with the commands "
      "below.",
      "They last until the next restart; put them into the network settings when they work."};
  if (!source || via == "ROUTER") steps.emplace_back("Put this host's address in place of THIS-HOST, and the home router's in place of "
                                                     "ROUTER.");
  // The second command leaves this host's own network to the main table: all but default routes, and the halves or the third of everything
  // (0.0.0.0/1, 2000::/3) that some VPNs write in their place.
  const unsigned no_longer_than = six ? 3 : 1;
  std::vector<Command> commands{{"sudo ip -{} route add default via {} dev {} table 100", version, via, s.interface_of(f.subject.family)},
                                {"sudo ip -{} rule add from {} table main suppress_prefixlength {} priority 100", version, from, no_longer_than},
                                {"sudo ip -{} rule add from {} table 100 priority 101", version, from}};
  if (!six) commands.push_back({"sudo sysctl -w net.ipv4.conf.all.rp_filter=2"});  // RFC 3704 §2.4; IPv6 has no such setting
  return {advise("Let answers go back the way the visitor came", steps, commands)};
}

Remedies unexpected(const Finding& f, const System& s) {
  auto commands = close_port(f, s);
  commands.insert(commands.begin(), who_listens(f));
  return {advise("Close what nobody needs from outside",
                 {fmt::format("The first command shows the program that listens on {}.", inside_port(f)),
                  "If strangers shall not reach it, stop it, or let it listen on 127.0.0.1 and ::1 alone, or delete its opening in the "
                  "home router, or close the port in this host's firewall.",
                  "If it is meant to be reached, name it with --service, and it is not reported again."},
                 commands)};
}

Remedies untested(const Finding& f, const System& s) {
  return {advise("Let somebody knock",
                 {"A vantage point is a helper on the internet that knocks when asked: the program ringback-vantage on any small server "
                  "that has both IPv4 and IPv6. Put its address in place of HOST.",
                  "Or let a phone with Wi-Fi switched off knock, which is outside as well: the second command watches this host's network card and "
                  "says whether it arrives, and what answers it."},
                 {{"ringback run --service {} --vantage http://HOST:8370", example_service(f, s).to_string()},
                  {"sudo ringback wait {}", example_service(f, s).to_string()}})};
}

Remedies privilege(const Finding&, const System&) {
  return {advise("Run with the rights to look",
                 {"Run the same command again with sudo in front.",
                  "Or give the program the two rights that it needs once and for all; put its path in place of RINGBACK."},
                 {{"sudo setcap cap_net_raw,cap_net_admin+ep RINGBACK"}})};
}

Remedies vantage_down(const Finding&, const System& s) {
  const bool one = s.evidence && s.evidence->request.vantages.size() == 1;
  const auto question = one ? Command{"curl -v {}", s.evidence->request.vantages.front() + "/v1/address"} : Command{"curl -v http://HOST:8370/v1/address"};
  return {advise("Look at the vantage point",
                 {one ? "Ask it with the command below. It answers with the address that it sees."
                      : "Ask it with the command below; put its address in place of HOST. It answers with the address that it sees.",
                  "If it does not, check that ringback-vantage runs there and that its firewall lets TCP port 8370 in.",
                  "Or name another one with --vantage."},
                 {question})};
}

Remedies again(const Finding&, const System&) {
  return {advise("Measure again", {"Run ringback again when this host is less busy, with a cable instead of Wi-Fi if you can."},
                 {{"sudo ringback run"}})};
}

}  // namespace ringback::diagnosis::advice
