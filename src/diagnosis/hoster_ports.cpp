#include "diagnosis/hoster_ports.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "diagnosis/shell_command.hpp"

namespace ringback::diagnosis {
namespace {

/// What hosters drop that leaves their customers' machines, each as it says itself.
struct Row {
  Port first, last;
  std::optional<Protocol> protocol;  ///< absent: whichever
  const char* what;
};
constexpr std::array rows{
    // Misaka: docs.misaka.io/services/mc2/blocked-ports, "egress only"; Google Cloud: cloud.google.com/compute/docs/tutorials/sending-mail
    // (25).
    Row{25, 25, Protocol::tcp, "mail between servers, which spam is sent by"},
    Row{465, 465, Protocol::tcp, "mail"},
    Row{587, 587, Protocol::tcp, "mail"},
    // Both directions at PVT (pvt.com, "Internet ports blocked or restricted") and Bell MTS (bellmts.ca, "Blocked or restricted ports").
    Row{135, 139, std::nullopt, "Windows' file sharing, which worms spread by"},
    Row{445, 445, std::nullopt, "Windows' file sharing, which worms spread by"},
};

const Row* row_of(Protocol protocol, Port port) {
  const auto found = std::ranges::find_if(rows, [&](const Row& row) {
    return port >= row.first && port <= row.last && (!row.protocol || *row.protocol == protocol);
  });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

bool vanished(const inbound::Knock& knock) {
  return knock.arrivals.empty() && (!knock.result || *knock.result == inbound::Result::timeout || *knock.result == inbound::Result::failed);
}

bool may_be_left_open(const Judgement& judgement) {
  const auto& verdict = judgement.verdict;
  return verdict.reachable == Reachable::no && verdict.stopped_at == StoppedAt::unknown && !judgement.upstream && verdict.confidence != Confidence::certain;
}

bool blames_the_way(const Judgement& judgement) {
  static constexpr std::array<std::string_view, 4> causes{"inbound.provider-block", "inbound.no-port-forward", "inbound.no-ipv6-opening",
                                                          "inbound.not-arriving"};
  return judgement.upstream && judgement.verdict.cause && judgement.verdict.confidence != Confidence::certain &&
         std::ranges::find(causes, *judgement.verdict.cause) != causes.end();
}

namespace {

/// The only one that knocked on this port, and in vain; absent: more than one, or something came of it.
std::optional<std::string> lone_knocker(const Case& c, const Service& service, Family family) {
  std::set<std::string> knockers;
  for (const auto& knock : c.evidence.inbound->knocks) {
    if (knock.family != family || knock.protocol != service.protocol || knock.port != service.knock_port(family)) continue;
    if (!vanished(knock)) return std::nullopt;
    knockers.insert(knock.vantage);
  }
  return knockers.size() == 1 ? std::optional(*knockers.begin()) : std::nullopt;
}

}  // namespace

bool leave_open_by_hoster(const Case& c, const Service& service, Family family, Judgement& judgement) {
  if (!may_be_left_open(judgement) || !row_of(service.protocol, service.knock_port(family)) || !lone_knocker(c, service, family)) return false;
  judgement.verdict.reachable = Reachable::unknown;
  judgement.verdict.confidence = Confidence::possible;
  return true;
}

bool allow_for_hoster(const Case& c, const Service& service, Family family, Judgement& judgement) {
  const auto port = service.knock_port(family);
  const auto* row = row_of(service.protocol, port);
  if (!row || !blames_the_way(judgement)) return false;
  const auto knocker = lone_knocker(c, service, family);
  if (!knocker) return false;
  judgement.verdict.cause = "inbound.not-arriving";
  judgement.verdict.stopped_at = StoppedAt::upstream;
  judgement.verdict.confidence = Confidence::possible;
  judgement.title = "Nothing arrives on a port that many a vantage point (a helper on the internet that knocks) is not allowed to knock on";
  judgement.detail = fmt::format(
      "A knock on port {}/{} did not reach this host's network card. But many companies that house servers do not let them send "
      "to this port at all ({}), and only {} knocked: the knock may have been dropped where it began. It may as well have been the "
      "home router or this home's provider.",
      port, to_string(service.protocol), row->what, *knocker);
  judgement.remedies = {advise_by_steps(
      "Knock from somewhere else first",
      {{"With a telephone whose Wi-Fi is switched off, connect to the port from outside while this command runs: it says whether that "
        "arrives.",
        {{"sudo ringback wait {}", service.to_string()}}},
       {fmt::format("Or name a second vantage point, at another company, with this command (put its address in place of HOST). If its knock on port {} "
                    "arrives, the first one's company drops it.",
                    port),
        {{"ringback run --service {} --vantage {} --vantage http://HOST:8370", service.to_string(), *knocker}}},
       {"Only if that does not arrive either, look at the home router's settings for this port, and ask the provider whether it blocks it."}})};
  return true;
}

}  // namespace ringback::diagnosis
