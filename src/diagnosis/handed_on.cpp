/// Knocks that a rule of this host passes on: to a container, a virtual machine, or another port.
#include <algorithm>

#include "diagnosis/shell_command.hpp"
#include "diagnosis/stops_here.hpp"

namespace ringback::diagnosis {
namespace {

/// The kernel asked for the machine's hardware address and nobody said (RFC 826, RFC 4861 §7.3.3).
std::optional<std::size_t> nobody_has(const Case& c, const Address& address) {
  if (!c.evidence.host) return std::nullopt;
  const auto& all = c.evidence.host->neighbours;
  const auto found = std::ranges::find_if(all, [&](const Neighbour& n) { return n.address == address && !n.mac; });
  return found == all.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - all.begin()));
}

Remedy start_it(const std::string& where) {
  return advise_by_steps("Start the container or virtual machine",
                         {{"With Docker, this command lists all containers with their ports, also those that do not run.", {{"docker ps --all"}}},
                          {"Start yours with this command: put its name in place of NAME.", {{"docker start NAME"}}},
                          {"If the container is gone for good, create it again with its port published (docker run -p …, or docker compose up -d)."},
                          {"If nothing shall answer there any more, the rule is left over. This command lists the rules with their numbers (handles).",
                           {{"sudo nft -a list ruleset"}}},
                          {fmt::format("Find the one with {}, and delete it, with the words of the list in place of the capital ones:\n"
                                       "sudo nft delete rule FAMILY TABLE CHAIN handle NUMBER", where)}});
}

}  // namespace

Judgement handed_on(const Context& x, const std::string& what) {
  const auto& to = x.sockets.where;
  const auto endpoint = Endpoint::parse(to);
  const auto gone = endpoint ? nobody_has(x.c, endpoint->address) : std::nullopt;
  auto result = no(
      x, StoppedAt::listener, "inbound.no-listener", gone ? Confidence::likely : Confidence::possible,
      gone
          ? fmt::format(
                "A rule of this host passes the knock on to {}, where no machine is: nobody in that network says that it has this address.",
                to)
          : fmt::format("A rule of this host passes the knock on to {}, {}.", to, what),
      x.sockets.evidence);
  if (gone) cite(result.evidence, pointer("host", "neighbours", *gone));
  result.title =
      gone ? "The container or machine that the port is passed on to is not there" : "Nobody answers where this host passes the port on to";
  result.remedies = {start_it(plain_or(to, "that address"))};
  return result;
}

}  // namespace ringback::diagnosis
