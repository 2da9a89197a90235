#include "report/arrivals.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "diagnosis/codes.hpp"
#include "report/page.hpp"
#include "report/remedy.hpp"
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

/// Both families of a service that came to the same.
bool is_alike(const Outcome& a, const Outcome& b) {
  return a.verdict.service == b.verdict.service && a.verdict.reachable == b.verdict.reachable && a.verdict.cause == b.verdict.cause &&
         a.verdict.stopped_at == b.verdict.stopped_at && a.verdict.confidence == b.verdict.confidence && title_of(a) == title_of(b) &&
         (a.detail == b.detail || (a.tally.attempts == 0 && b.tally.attempts == 0)) && a.remedies == b.remedies;
}

bool has_same_advice(const std::vector<Outcome>& outcomes, std::size_t at) {
  return at + 1 < outcomes.size() && outcomes[at + 1].verdict.service == outcomes[at].verdict.service &&
         outcomes[at + 1].remedies == outcomes[at].remedies;
}

void write_heading(const Outcome& outcome, const std::string& families, Page& page) {
  const auto& v = outcome.verdict;
  const auto subject = fmt::format("{} over {}", v.service.to_string(), families);
  if (v.reachable == Reachable::yes) {
    page.paragraph(fmt::format("{}: visitors get in.", subject), "", Paint::good);
  } else if (v.reachable == Reachable::no) {
    const auto title = title_of(outcome);
    page.paragraph(fmt::format("{}: visitors do not get in. {}.", subject, title.empty() ? "Where it stops is not to be seen" : title), "",
                   Paint::bad);
  } else {
    page.paragraph(
        fmt::format("{}: {}.", subject, outcome.tally.attempts == 0 ? "unknown, nothing arrived from outside" : "could not be told"), "",
        Paint::doubtful);
  }
}

/// One service over one family, or over both where they are alike.
void write_outcome(const Outcome& outcome, const Outcome* other, bool with_remedies, const AlreadyTold& told, Page& page) {
  const auto& v = outcome.verdict;
  write_heading(outcome, other != nullptr ? "IPv4 and IPv6" : std::string(words(v.family)), page);
  const auto doubt = v.reachable == Reachable::unknown ? std::string_view() : words(v.confidence);
  if (!doubt.empty()) page.paragraph(fmt::format("({})", doubt), "   ", Paint::faint);
  if (outcome.tally.attempts > 0 && !told.has(outcome.detail)) page.paragraph(outcome.detail, "   ");
  for (const auto* one : {&outcome, other})
    if (one != nullptr && one->tally.attempts > 0)
      page.paragraph(
          other != nullptr ? fmt::format("{}: {}", words(one->verdict.family), tally_words(one->tally)) : tally_words(one->tally), "   ",
          Paint::faint);
  if (with_remedies) write_remedies(outcome.remedies, page);
}

std::size_t width(const std::vector<Cell>& cells) {
  std::size_t sum = 0;
  for (const auto& cell : cells) sum += cell.text.size();
  return sum;
}

/// When and who, and behind it what became of it: below it where the line is too narrow.
void write_line(const std::string& time, const Attempt& a, const std::string& what, Paint paint, const std::string& more, Page& page) {
  const std::vector<Cell> line{{time + "  ", Paint::faint},
                               {fmt::format("{}  {}  ", a.from.to_string(), attempt_words(a)), Paint::plain},
                               {what, paint},
                               {more, Paint::faint}};
  if (width(line) <= page.style().columns) return page.cells(line);
  const std::string indent(page.style().columns < 60 ? 3 : 10, ' ');
  page.paragraph(a.from.to_string(), time + "  ");
  page.paragraph(fmt::format("{}: {}{}", attempt_words(a), what, more), indent, paint);
}

std::string_view indent_of(const Page& page) { return page.style().columns < 60 ? "   " : "          "; }

std::string counted(std::uint64_t count, const char* what) { return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s"); }

}  // namespace

std::string title_of(const Outcome& outcome) {
  if (outcome.verdict.reachable != Reachable::no) return "";
  if (!outcome.title.empty()) return outcome.title;
  const auto* code = outcome.verdict.stopped_at == StoppedAt::unknown ? nullptr : diagnosis::find_code(outcome.verdict.cause.value_or(""));
  return std::string(code != nullptr ? code->title : std::string_view());
}

std::string watching_text(const Service& service, const std::optional<std::string>& interface, bool ends_itself, const TextStyle& style) {
  Page page(style);
  page.paragraph(fmt::format("Waiting for somebody outside to come to {}{}. {}", service.to_string(), interface ? " on " + *interface : "",
                             ends_itself ? "Ctrl-C ends it earlier." : "Ctrl-C ends it."),
                 "", Paint::heading);
  return page.text();
}

std::string guide_text(const Remedy& guide, const TextStyle& style) {
  Page page(style);
  page.paragraph(guide.title + ":", "", Paint::plain);
  std::size_t number = 0;
  for (const auto& step : guide.steps) page.paragraph(step, fmt::format("  {}. ", ++number));
  for (const auto& command : guide.commands) page.command(command, 5);
  return page.text();
}

std::string arrival_text(const Attempt& a, const Judged& judged, const std::string& program, const ArrivalStyle& style, AlreadyTold* told) {
  Page page(style.text);
  std::string more;
  if (a.tries > 1) more = a.protocol == Protocol::tcp ? fmt::format(" (tried {} times)", a.tries) : fmt::format(" ({} datagrams)", a.tries);
  write_line(clock_time(a.at, style), a, answer_words(a, program), paint_of(a, judged), more, page);
  // What the line does not say by itself: the rule that drops it, the address that the program listens on. Of UDP also why it is not
  // certain.
  const bool says_more = a.settled && (judged.reachable != Reachable::yes || a.protocol == Protocol::udp);
  if (told != nullptr && says_more && told->tell(judged.detail)) page.paragraph(judged.detail, indent_of(page));
  return page.text();
}

std::string ignored_text(const Attempt& a, const ArrivalStyle& style) {
  const auto why = [&]() -> std::string_view {
    switch (a.origin) {
      case Origin::lan: return "another machine at home";
      case Origin::router: return "the home router's own address (a phone that is still on Wi-Fi?)";
      case Origin::near: return "it could be from this house";
      case Origin::unroutable: return "not an address of the internet";
      default: return "this host itself";
    }
  }();
  Page page(style.text);
  write_line(clock_time(a.at, style), a, fmt::format("does not count: {}", why), Paint::faint, "", page);
  return page.text();
}

std::string verdict_text(const Verdict& verdict, const TextStyle& style, const AlreadyTold& told) {
  Page page(style);
  const auto& outcomes = verdict.outcomes;
  for (std::size_t at = 0; at < outcomes.size(); ++at) {
    const bool both = at + 1 < outcomes.size() && is_alike(outcomes[at], outcomes[at + 1]);
    write_outcome(outcomes[at], both ? &outcomes[at + 1] : nullptr, both || !has_same_advice(outcomes, at), told, page);
    page.gap();
    if (both) ++at;
  }
  if (outcomes.empty()) {
    page.paragraph("Nothing arrived from outside.", "", Paint::doubtful);
    page.gap();
  }
  if (verdict.services_left_out > 0)
    page.paragraph(fmt::format("{} more ports, with fewer attempts, are not listed.", verdict.services_left_out));
  for (const auto& note : verdict.notes) page.paragraph(note, "- ");
  if (!verdict.to_try.empty()) {
    page.gap();
    write_remedies(verdict.to_try, page);
  }
  return page.text();
}

std::string contents_text(const FileContents& f, const TextStyle& style) {
  if (f.packets == 0) return "The file holds no packets.\n";
  const ArrivalStyle utc{.text = style, .with_date = true};
  Page page(style);
  page.paragraph(fmt::format("What the file ({}) holds:", f.format), "", Paint::heading);
  const auto span = std::chrono::duration<double>(f.last - f.first).count();
  page.paragraph(fmt::format("{}, from {} UTC on, over {:.1f} seconds", counted(f.packets, "packet"), clock_time(f.first, utc), span),
                 "- ");
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, const char* what) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
  };
  add(f.ipv4, "over IPv4");
  add(f.ipv6, "over IPv6");
  add(f.not_ip, "of neither (ARP and the like)");
  if (!parts.empty()) page.paragraph(listed(parts), "- ");
  parts.clear();
  if (f.tcp > 0)
    parts.push_back(fmt::format("{} of TCP ({} to open a connection, in whatever direction)", f.tcp,
                                f.openings == 0 ? "none of them" : fmt::format("{} of them", f.openings)));
  add(f.udp, "of UDP");
  add(f.icmp, "of ICMP");
  if (!parts.empty()) page.paragraph(listed(parts), "- ");
  parts.clear();
  for (const auto& one : f.addresses) parts.push_back(fmt::format("{} ({})", one.address.to_string(), one.packets));
  if (f.more_addresses > 0) parts.push_back(fmt::format("{} more", f.more_addresses));
  if (!parts.empty()) page.paragraph(fmt::format("addresses, with the packets of each: {}", listed(parts)), "- ");
  page.gap();
  return page.text();
}

}  // namespace ringback
