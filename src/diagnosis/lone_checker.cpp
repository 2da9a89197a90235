#include "diagnosis/lone_checker.hpp"

#include <algorithm>

#include "diagnosis/hoster_ports.hpp"
#include "diagnosis/shell_command.hpp"
#include "diagnosis/wan.hpp"

namespace ringback::diagnosis {
namespace {

/// The only one that tried, if it is a checker; none where a second one tried as well, or something came of it.
std::optional<std::string> lone_checker(const Case& c, const Service& service, Family family) {
  std::optional<std::string> only;
  for (const auto& knock : c.evidence.inbound->knocks) {
    if (knock.family != family || knock.protocol != service.protocol || knock.port != service.knock_port(family)) continue;
    if (!vanished(knock) || !is_port_checker(knock.vantage) || (only && *only != knock.vantage)) return std::nullopt;
    only = knock.vantage;
  }
  return only;
}

bool gets_out(const Case& c, const std::string& checker, Family family) {
  return std::ranges::any_of(c.evidence.inbound->knocks, [&](const inbound::Knock& knock) {
    return knock.vantage == checker && knock.family == family && !vanished(knock);
  });
}

bool list_agrees(const Case& c, const Service& service, Family family) {
  const auto lists = home_igds(c.evidence);
  const bool read = std::ranges::any_of(lists, [](const HomeIgd& home) { return home.igd->troubles.empty(); });
  return family == Family::ipv4 && read && forward_of(c, service).mapping == nullptr;
}

/// The checker that tried alone and that nothing agrees with.
std::optional<std::string> unsupported_checker(const Case& c, const Service& service, Family family) {
  const auto checker = lone_checker(c, service, family);
  return checker && !gets_out(c, *checker, family) && !list_agrees(c, service, family) ? checker : std::nullopt;
}

}  // namespace

bool is_port_checker(const std::string& vantage) { return vantage.starts_with("echoip+"); }

bool allow_for_lone_checker(const Case& c, const Service& service, Family family, Judgement& judgement) {
  if (!blames_the_way(judgement)) return false;
  const auto checker = unsupported_checker(c, service, family);
  if (!checker) return false;
  judgement.verdict.cause = "inbound.not-arriving";
  judgement.verdict.stopped_at = StoppedAt::upstream;
  judgement.verdict.confidence = Confidence::possible;
  judgement.title = "A port checker did not get through, and nobody else has tried";
  judgement.detail = fmt::format(
      "{} says that it did not reach {} over {}. It says the same where its own way out is broken, and no knock of it was seen to arrive here over {}. So "
      "visitors may get in all the same.",
      *checker, service.to_string(), family == Family::ipv4 ? "IPv4" : "IPv6", family == Family::ipv4 ? "IPv4" : "IPv6");
  judgement.remedies = {advise("Knock from somewhere else",
                               {"With a telephone whose Wi-Fi is switched off, connect to the port from outside while the first command runs: it says "
                                "whether that arrives.",
                                "Or name a vantage point (a helper on the internet that knocks), which tells more than a port checker, with the second command (put its address in place of "
                                "HOST).",
                                "Only if nothing arrives then either, look at the home router's settings for this port."},
                               {{"sudo ringback wait {}", service.to_string()},
                                {"ringback run --service {} --vantage {} --vantage http://HOST:8370", service.to_string(), *checker}})};
  return true;
}

bool leave_open_by_lone_checker(const Case& c, const Service& service, Family family, Judgement& judgement) {
  if (!may_be_left_open(judgement) || !unsupported_checker(c, service, family)) return false;
  judgement.verdict.reachable = Reachable::unknown;
  judgement.verdict.confidence = Confidence::possible;
  return true;
}

}  // namespace ringback::diagnosis
