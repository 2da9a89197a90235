#include "report/arrivals.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "diagnosis/codes.hpp"
#include "report/page.hpp"
#include "report/summary.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

using namespace arrivals;

std::string clock_time(Time at, const ArrivalStyle& style) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at + style.utc_offset);
  const std::chrono::sys_seconds shown{whole};
  return style.with_date ? fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(shown)) : fmt::format("{:%H:%M:%S}", fmt::gmtime(shown));
}

std::string times(std::uint32_t count) { return count > 1 ? fmt::format(", {} times", count) : ""; }

/// What answered, in a few words.
std::string answer_words(const Attempt& a, const std::string& program) {
  const auto by = program.empty() ? std::string() : " by " + program;
  switch (a.answer) {
    case Answer::syn_ack:
      if (a.reached) return fmt::format("answered{}, connected", by);
      if (a.answers > 1 || a.tried_again) return fmt::format("answered{}{}, and the answer does not get there", by, times(a.answers));
      return fmt::format("answered{}{}", by, a.settled ? "" : "; not seen yet whether the answer got there");
    case Answer::datagram: return fmt::format("answered{}", by);
    case Answer::reset: return "refused (a TCP reset)";
    case Answer::unreachable:
      return fmt::format("refused with an ICMP error (type {}, code {}){}", a.icmp_type.value_or(0), a.icmp_code.value_or(0),
                         a.answered_by && *a.answered_by != a.to.address ? " by " + a.answered_by->to_string() : "");
    case Answer::none: break;
  }
  if (!a.settled) return "no answer yet";
  return a.protocol == Protocol::udp ? fmt::format("no answer{}", program.empty() ? "" : ", taken by " + program) : "no answer";
}

Paint paint_of(const Attempt& a, const Judged& judged) {
  if (!a.settled) return Paint::faint;
  return judged.reachable == Reachable::yes ? Paint::good : judged.reachable == Reachable::no ? Paint::bad : Paint::doubtful;
}

std::string attempt_words(const Attempt& a) { return fmt::format("{} port {}/{}", words(a.family()), a.to.port, to_string(a.protocol)); }

void write_remedies(const std::vector<Remedy>& remedies, Page& page) {
  bool is_first = true;
  for (const auto& remedy : remedies) {
    page.paragraph(remedy_title(remedy, is_first), fmt::format("   {} ", page.symbol("→", "->")), Paint::heading);
    is_first = false;
    std::size_t number = 0;
    for (const auto& step : remedy.steps) page.paragraph(step, remedy.steps.size() > 1 ? fmt::format("     {}. ", ++number) : "     ");
    for (const auto& command : remedy.commands) page.command(command, 10);
  }
}

std::string tally_words(const Tally& t) {
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, const char* what) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
  };
  add(t.connected, "answered and connected");
  add(t.answered, "answered");
  add(t.lost, "answered in vain");
  add(t.refused, "refused");
  add(t.silent, "without an answer");
  add(t.open, "still open");
  return fmt::format("{} attempt{} from outside: {}.", t.attempts, t.attempts == 1 ? "" : "s", listed(parts));
}

/// The same advice for both families is given once.
bool is_repeated(const std::vector<Outcome>& outcomes, std::size_t at) {
  return at + 1 < outcomes.size() && outcomes[at + 1].verdict.service == outcomes[at].verdict.service &&
         outcomes[at + 1].remedies == outcomes[at].remedies;
}

void write_outcome(const Outcome& outcome, bool with_remedies, Page& page) {
  const auto& v = outcome.verdict;
  const auto subject = fmt::format("{} over {}", v.service.to_string(), words(v.family));
  if (v.reachable == Reachable::yes) {
    page.paragraph(fmt::format("{}: visitors get in.", subject), "", Paint::good);
  } else if (v.reachable == Reachable::no) {
    const auto* code = v.stopped_at == StoppedAt::unknown ? nullptr : diagnosis::find_code(v.cause.value_or(""));
    page.paragraph(
        fmt::format("{}: visitors do not get in. {}.", subject, code != nullptr ? code->title : "Where it stops is not to be seen"), "",
        Paint::bad);
  } else {
    page.paragraph(outcome.tally.attempts == 0 ? fmt::format("{}: unknown, nothing arrived from outside.", subject)
                                               : fmt::format("{}: could not be told.", subject),
                   "", Paint::doubtful);
  }
  const auto doubt = v.reachable == Reachable::unknown ? std::string_view() : words(v.confidence);
  if (!doubt.empty()) page.paragraph(fmt::format("({})", doubt), "   ", Paint::faint);
  if (outcome.tally.attempts > 0) page.paragraph(outcome.detail, "   ");
  if (outcome.tally.attempts > 0) page.paragraph(tally_words(outcome.tally), "   ", Paint::faint);
  if (with_remedies) write_remedies(outcome.remedies, page);
}

}  // namespace

std::string arrival_text(const Attempt& a, const Judged& judged, const std::string& program, const ArrivalStyle& style) {
  Page page(style.text);
  std::vector<Cell> line{{clock_time(a.at, style) + "  ", Paint::faint},
                         {fmt::format("{}  {}  ", a.from.to_string(), attempt_words(a)), Paint::plain},
                         {answer_words(a, program), paint_of(a, judged)}};
  if (a.tries > 1)
    line.push_back(
        {a.protocol == Protocol::tcp ? fmt::format(" (tried {} times)", a.tries) : fmt::format(" ({} datagrams)", a.tries), Paint::faint});
  page.cells(line);
  // What the line does not say by itself: the rule that drops it, the address that the program listens on.
  if (a.settled && judged.reachable != Reachable::yes) page.paragraph(judged.detail, "          ");
  return page.text();
}

std::string ignored_text(const Attempt& a, const ArrivalStyle& style) {
  const auto why = [&]() -> std::string_view {
    switch (a.origin) {
      case Origin::lan: return "another machine of the home network";
      case Origin::router:
        return "the home router's own address: somebody at home who used the public address, or a router that hides who comes";
      case Origin::unroutable:
        return "an address that the internet does not route: another network of this household, or a router that hides who comes";
      default: return "this host itself";
    }
  }();
  Page page(style.text);
  page.cells({{clock_time(a.at, style) + "  ", Paint::faint},
              {fmt::format("{}  {}  ", a.from.to_string(), attempt_words(a)), Paint::plain},
              {"does not count", Paint::faint}});
  page.paragraph(fmt::format("It comes from {}. Further ones are counted and not listed.", why), "          ", Paint::faint);
  return page.text();
}

std::string verdict_text(const Verdict& verdict, const TextStyle& style) {
  Page page(style);
  for (std::size_t at = 0; at < verdict.outcomes.size(); ++at) {
    write_outcome(verdict.outcomes[at], !is_repeated(verdict.outcomes, at), page);
    page.gap();
  }
  if (verdict.outcomes.empty()) {
    page.paragraph("Nothing arrived from outside.", "", Paint::doubtful);
    page.gap();
  }
  if (verdict.services_left_out > 0)
    page.paragraph(fmt::format("{} more ports, with fewer attempts, are not listed.", verdict.services_left_out));
  for (const auto& note : verdict.notes) page.paragraph(note, "- ");
  if (!verdict.to_try.empty()) {
    page.gap();
    page.paragraph("What to do", "", Paint::heading);
    write_remedies(verdict.to_try, page);
  }
  return page.text();
}

}  // namespace ringback
