#include <algorithm>

#include "diagnosis/own_command.hpp"
#include "diagnosis/remedies_by_code.hpp"

namespace ringback::diagnosis::advice {
namespace {

bool is_udp(const Finding& f) { return f.subject.service && f.subject.service->protocol == Protocol::udp; }

Service example_service(const Finding& f, const System& s) {
  if (f.subject.service) return *f.subject.service;
  if (s.evidence && !s.evidence->request.services.empty()) return s.evidence->request.services.front();
  return {Protocol::tcp, 443, 443};
}

/// "nginx (80/tcp), sshd (22/tcp)": programs that take visitors on other ports, the first few.
std::string listening_elsewhere(const Finding& f, const System& s) {
  constexpr std::size_t most_told = 5;
  if (!s.evidence || !s.evidence->listeners || !f.subject.service) return {};
  std::vector<std::string> told;
  for (const auto& listener : s.evidence->listeners->listeners) {
    if (listener.protocol != f.subject.service->protocol || listener.local.address.is_loopback() || !listener.program) continue;
    const auto one = fmt::format("{} ({}/{})", plain_or(*listener.program, "a program"), listener.local.port, to_string(listener.protocol));
    if (std::ranges::find(told, one) == told.end() && told.size() < most_told) told.push_back(one);
  }
  return fmt::format("{}", fmt::join(told, ", "));
}

}  // namespace

Remedies host_firewall(const Finding& f, const System& s) { return {open_port(f, s)}; }

Remedies no_listener(const Finding& f, const System& s) {
  const auto others = listening_elsewhere(f, s);
  return {advise_by_steps("Start the program that shall answer",
                          {{others.empty() ? "This command lists what listens on this host (below its heading). If the program is in it with another port, correct the port "
                                            "in its configuration."
                                          : fmt::format("On this host listen {}. If the program is among them, correct the port in its configuration; this command lists "
                                                        "them all. For https, a web server needs a certificate as well.", others),
                            {is_udp(f) ? Command{"sudo ss -lunp"} : Command{"sudo ss -ltnp"}}},
                           {fmt::format("If it is not, start it with the first command, and look at its state with the second one; replace NAME by its name (for example {}).",
                                        is_udp(f) ? "wg-quick@wg0" : "nginx or ssh"),
                            {{"sudo systemctl enable --now NAME"}, {"systemctl status NAME"}}},
                           {"What is started by hand (a script, docker run) is no service, and systemctl does not know it: start it again as before. To have a script start with "
                           "this host, write @reboot and the script's whole command into root's list of jobs:\nsudo crontab -e"},
                           {"A container starts with this host after this command:\ndocker update --restart unless-stopped NAME"},
                           {fmt::format("If it runs and does not listen, check that its configuration names {}.", inside_port(f))}})};
}

Remedies untested(const Finding& f, const System& s) {
  const auto example = example_service(f, s);
  auto request = s.evidence ? s.evidence->request : Request{};
  if (!request.services_named) request.services = {example};
  request.services_named = true;
  return {advise_by_steps("Let somebody knock",
                          {{"A vantage point is a helper on the internet that knocks when asked: the program ringback-vantage on any small server "
                            "that has both IPv4 and IPv6. Put its address in place of HOST in this command.",
                            {sudo(run_command(request) + Command{"--vantage http://HOST:8370"})}},
                           {"Or let a phone with Wi-Fi switched off knock, which is outside as well: this command watches what comes to this host, and says "
                            "whether it arrives, and what answers it.",
                            {watch_command(example)}}})};
}

Remedies privilege(const Finding&, const System& s) {
  return {advise_by_steps("Run it with sudo",
                          {{"Root's rights are used to look at packets and rules, and given up before anything from the network is read. This "
                            "command runs it again.",
                            {sudo(run_command(s.evidence ? s.evidence->request : Request{}))}},
                           {"Or give the program the two rights that it needs once and for all, with this command.", {{"sudo setcap cap_net_raw,cap_net_admin+ep ringback"}}}})};
}

Remedies vantage_down(const Finding&, const System& s) {
  const bool one = s.evidence && s.evidence->request.vantages.size() == 1;
  const auto question =
      one ? Command{"curl -v {}", s.evidence->request.vantages.front() + "/v1/address"} : Command{"curl -v http://HOST:8370/v1/address"};
  return {advise("Look at the vantage point",
                 {one ? "Ask the vantage point (the helper on the internet) with the command below. It answers with the address that it sees."
                      : "Ask the vantage point (the helper on the internet) with the command below; put its address in place of HOST. It answers with the address that it sees.",
                  "If it does not, check that ringback-vantage runs there and that its firewall lets TCP port 8370 in.",
                  "Or name another one with --vantage."},
                 {question})};
}

Remedies again(const Finding&, const System& s) {
  return {advise("Measure again", {"Run ringback again, with the command below, when this host is less busy, with a cable instead of Wi-Fi if you can."},
                 {sudo(run_command(s.evidence ? s.evidence->request : Request{}))})};
}

}  // namespace ringback::diagnosis::advice
