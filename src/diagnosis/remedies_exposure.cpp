/// What strangers reach although nobody meant it.
#include <algorithm>

#include "diagnosis/firewall_rule.hpp"
#include "diagnosis/remedies.hpp"
#include "diagnosis/remedies_by_code.hpp"

namespace ringback::diagnosis::advice {
namespace {

Command who_serves_there(const Finding& f, bool docker) {
  if (!f.subject.service) return {"sudo ss -ltunp"};
  const auto& service = *f.subject.service;
  if (docker) return {"sudo docker ps --filter publish={}/{}", service.inside, to_string(service.protocol)};
  const auto filter = fmt::format("sport = :{}", service.inside);
  return service.protocol == Protocol::udp ? Command{"sudo ss -lunp {}", filter} : Command{"sudo ss -ltnp {}", filter};
}

std::string for_this_host_alone(const Finding& f, const System& s, bool docker) {
  if (!docker)
    return fmt::format("If nobody needs the program at all, stop it; this command shows which one listens on {}. If only this host itself "
                       "needs it, let it listen on 127.0.0.1 and ::1 alone.",
                       inside_port(f));
  const auto published = "127.0.0.1:" + published_port(*f.subject.service, s);
  return fmt::format("Docker publishes {} of this host for a container, which this command names. If nobody needs the container at all, stop "
                     "it. If only this host itself needs it, publish it on 127.0.0.1: docker run -p {} …, or in the compose file ports: \"{}\". Then "
                     "create the container anew (docker compose up -d).",
                     inside_port(f), published, published);
}

}  // namespace

Remedies open_service(const Finding& f, const System& s) {
  const bool six = f.subject.family == Family::ipv6;
  const bool docker = firewall::is_published_by_docker(f, s);
  std::vector<Step> steps;
  if (s.has_router) {
    steps.push_back({s.open_menu()});
    steps.push_back(
        {six ? fmt::format("Look for \"IPv6 firewall\" or \"port sharing\", and delete what lets {} in to this host.", inside_port(f))
             : fmt::format("Look for \"port forwarding\" or \"port sharing\", and delete the entry for {}.", outside_port(f))});
  }
  steps.push_back({for_this_host_alone(f, s, docker), {who_serves_there(f, docker)}});
  const auto closing = firewall::close_port(f, s);
  steps.insert(steps.end(), closing.steps.begin(), closing.steps.end());
  steps.insert(steps.end(), closing.last.begin(), closing.last.end());
  steps.push_back({"If it is meant to be reached, name it with --service the next time, and it is not reported any more."});
  return {advise_by_steps("Close what nobody needs from outside", steps)};
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

namespace ringback::diagnosis {
namespace {

std::string_view sentence_of(const Step& step) { return std::string_view(step.words).substr(0, step.words.find('\n')); }

/// The lines of a file that stand below the words.
void add_new_lines(Step& known, const Step& more) {
  for (auto at = sentence_of(more).size(); at < more.words.size();) {
    const auto line = more.words.substr(at, more.words.find('\n', at + 1) - at);
    if ((known.words + '\n').find(line + '\n') == std::string::npos) known.words += line;
    at += line.size();
  }
}

/// Several ports share tables and words: each is said once.
void add_new(std::vector<Step>& all, const std::vector<Step>& more) {
  for (const auto& step : more) {
    auto known = std::ranges::find_if(all, [&](const Step& one) { return sentence_of(one) == sentence_of(step); });
    if (known == all.end()) known = all.insert(all.end(), {step.words, {}});
    add_new_lines(*known, step);
    for (const auto& command : step.commands)
      if (std::ranges::find(known->commands, command.text(), &Command::text) == known->commands.end()) known->commands.push_back(command);
  }
}

}  // namespace

std::optional<Remedy> close_all(const std::vector<Finding>& open, const System& system) {
  std::vector<std::string> ports;
  firewall::Closing all;
  for (const auto& found : open) {
    if (!found.subject.service) continue;
    ports.push_back(fmt::format("{}/{}", found.subject.service->outside, to_string(found.subject.service->protocol)));
    const auto one = firewall::close_port(found, system);
    add_new(all.steps, one.steps);
    add_new(all.last, one.last);
  }
  if (std::ranges::all_of(all.steps, [](const Step& step) { return step.commands.empty(); })) return std::nullopt;
  all.steps.insert(all.steps.begin(), {fmt::format("Strangers reach {} now. Stop the programs there that nobody needs; leave out the commands for what "
                                                   "strangers may reach.", fmt::join(ports, ", "))});
  all.steps.insert(all.steps.end(), all.last.begin(), all.last.end());
  return advise_by_steps("Close what is open now", all.steps);
}

}  // namespace ringback::diagnosis
