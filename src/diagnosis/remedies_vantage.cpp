/// Nobody's knock told anything.
#include <algorithm>

#include "diagnosis/remedies_by_code.hpp"

namespace ringback::diagnosis::advice {
namespace {

/// Vantage points from whose knocking address nothing comes here, not even an answer; each once.
std::vector<const inbound::Vantage*> cut_off(const System& s) {
  std::vector<const inbound::Vantage*> result;
  if (!s.evidence || !s.evidence->inbound) return result;
  for (const auto& vantage : s.evidence->inbound->vantages) {
    const bool known = std::ranges::any_of(result, [&](const auto* v) { return v->url == vantage.url; });
    if (vantage.knocker_answers == false && !known) result.push_back(&vantage);
  }
  return result;
}

}  // namespace

Remedies not_tested(const Finding& f, const System& s) {
  auto others = untested(f, s);
  const auto broken = cut_off(s);
  if (broken.empty()) return others;
  const auto url = broken.front()->url;
  auto first =
      advise("Look at the own line of the vantage point (the helper on the internet)",
             {fmt::format("The vantage point {} answers, so it runs; but nothing that it sends from its knocking address gets here.",
                          plain_or(url, "that was named")),
              "On that server, look at the address behind --knock-from: it must be one that the server really has, and the server's own "
              "firewall and "
              "its hoster must let it send.",
              "If this host or its network keeps a block list, the vantage point's address may be on it.",
              "The command below, on that server, says whether it gets out from that address; put the address in place of ADDRESS."},
             {{"ping -c 3 -I ADDRESS one.one.one.one"}});
  others.insert(others.begin(), std::move(first));
  return others;
}

}  // namespace ringback::diagnosis::advice
