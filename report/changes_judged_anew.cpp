/// One run's evidence, judged twice: what differs, named one by one.
#include <algorithm>
#include <map>

#include "report/changes_parts.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

using changes::Pair;

class Differences {
 public:
  void add(const std::string& what, const std::string& was, const std::string& is) {
    sentences_.push_back(fmt::format("{}: was: {}; is now: {}", what, was, is));
  }
  void compare(const std::string& what, const std::string& was, const std::string& is) {
    if (was != is) add(what, was, is);
  }
  std::vector<std::string> take() { return std::move(sentences_); }

 private:
  std::vector<std::string> sentences_;
};

template <class T>
std::string text(const std::optional<T>& value) {
  if (!value) return "none";
  if constexpr (NamedEnum<T>) return std::string(to_string(*value));
  else if constexpr (std::integral<T>) return std::to_string(*value);
  else return value->to_string();
}
std::string text(const std::vector<Address>& addresses) { return changes::in_words(addresses); }
std::string text(Confidence confidence) { return std::string(to_string(confidence)); }
std::string text(Severity severity) { return std::string(to_string(severity)); }

void connection(const Connection& before, const Connection& after, Differences& into) {
  into.compare("The connection, how certain", text(before.confidence), text(after.confidence));
  if (before.type != after.type) {   // otherwise told with the changes that diff names
    into.compare("IPv4", std::string(words(before.ipv4.kind)), std::string(words(after.ipv4.kind)));
    into.compare("IPv6", std::string(words(before.ipv6.kind)), std::string(words(after.ipv6.kind)));
  }
  const auto ipv4 = [&](const char* what, auto member) { into.compare(what, text(before.ipv4.*member), text(after.ipv4.*member)); };
  ipv4("The IPv4 address that the internet sees", &Ipv4Connection::mapped_address);
  ipv4("The home router's own IPv4 address towards the internet", &Ipv4Connection::wan_address);
  ipv4("How many translate IPv4 one after the other", &Ipv4Connection::nat_layers);
  const auto ipv6 = [&](const char* what, auto member) { into.compare(what, text(before.ipv6.*member), text(after.ipv6.*member)); };
  ipv6("The IPv6 prefix", &Ipv6Connection::prefix);
  ipv6("IPv6 addresses that stay", &Ipv6Connection::stable_addresses);
  ipv6("IPv6 addresses that are temporary", &Ipv6Connection::temporary_addresses);
  ipv6("The IPv6 address that a name should lead to", &Ipv6Connection::publish);
  ipv6("Why that address stays", &Ipv6Connection::publish_kind);
  ipv6("The IPv6 address that outgoing connections use", &Ipv6Connection::outgoing);
}

std::string verdict(const ServiceVerdict* of) { return of ? std::string(to_string(of->reachable)) : "not judged"; }
std::string verdict(const NameVerdict* of) { return of ? std::string(words(of->verdict)) : "not judged"; }

/// What diff leaves out where services were named, and how certain each verdict is.
void services(const Pair& pair, Differences& into) {
  const bool told_alone = !pair.before.evidence.request.services_named && !pair.after.evidence.request.services_named;
  const auto who = [](const ServiceVerdict& one) { return changes::in_words(Subject{one.service, one.family, std::nullopt}); };
  for (const auto& after : pair.after.services) {
    const auto* before = changes::find_service(pair.before, after.service, after.family);
    if (before) into.compare(who(after) + ", how certain", text(before->confidence), text(after.confidence));
    else if (!told_alone) into.add(who(after) + ", whether it can be reached", verdict(before), verdict(&after));
  }
  for (const auto& before : pair.before.services)
    if (!told_alone && !changes::find_service(pair.after, before.service, before.family))
      into.add(who(before) + ", whether it can be reached", verdict(&before), verdict(static_cast<const ServiceVerdict*>(nullptr)));
}

void names(const Pair& pair, Differences& into) {
  for (const auto& after : pair.after.names)
    if (!changes::find_name(pair.before, after.name)) into.add(after.name, verdict(static_cast<const NameVerdict*>(nullptr)), verdict(&after));
  for (const auto& before : pair.before.names)
    if (!changes::find_name(pair.after, before.name)) into.add(before.name, verdict(&before), verdict(static_cast<const NameVerdict*>(nullptr)));
}

void findings(const Pair& pair, Differences& into) {
  const auto identity = [](const Finding& finding) { return finding.code + " " + changes::in_words(finding.subject); };
  std::map<std::string, const Finding*> then;
  for (const auto& finding : pair.before.findings) then.try_emplace(identity(finding), &finding);
  for (const auto& after : pair.after.findings) {
    const auto before = then.find(identity(after));
    if (before == then.end()) continue;   // told with the changes that diff names
    const auto subject = changes::in_words(after.subject);
    const auto what = subject.empty() ? after.title : fmt::format("{} ({})", after.title, subject);
    into.compare(what + ", how grave", text(before->second->severity), text(after.severity));
    into.compare(what + ", how certain", text(before->second->confidence), text(after.confidence));
  }
}

Diagnosis diagnosis_of(const Report& report) {
  return {.connection = report.connection, .services = report.services, .names = report.names, .findings = report.findings};
}

}  // namespace

std::vector<std::string> judged_otherwise(const Report& before, const Report& after) {
  const Pair pair{before, after, true};
  changes::Changes differ;
  changes::services(pair, differ);
  changes::names(pair, differ);
  changes::connection(pair, differ);
  changes::findings(pair, differ);
  Differences result;
  for (const auto& change : differ) {
    const auto about = changes::in_words(change.subject);
    result.add(about.empty() ? "The connection" : about, change.before.value_or("nothing"), change.after.value_or("nothing"));
  }
  services(pair, result);
  names(pair, result);
  connection(before.connection, after.connection, result);
  findings(pair, result);
  result.compare("The exit status", std::to_string(exit_status(diagnosis_of(before))), std::to_string(exit_status(diagnosis_of(after))));
  return result.take();
}

bool is_judged_alike(const Report& before, const Report& after) { return diagnosis_of(before) == diagnosis_of(after); }

}  // namespace ringback
