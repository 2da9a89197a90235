#include "probes/dns/dnssec.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <system_error>

#include "probes/dns/dnssec_verdict.hpp"
#include "wire/dns_answer.hpp"

namespace ringback::dns {
namespace {

using wire::dns::Judgement;
using wire::dns::Type;

constexpr std::size_t most_aliases_proven = 4;
constexpr std::size_t most_doubtful = 2;          // names that the zones' own servers are asked for
// What was asked beside the ordinary questions and is not there when these are settled gets this much more.
constexpr auto grace = milliseconds(400);
constexpr auto grace_for_tcp = milliseconds(1000);
constexpr auto grace_in_doubt = milliseconds(1500);
// Signatures of a name take a third of a millisecond, some milliseconds on a small machine.
constexpr auto most_time_for_judging = milliseconds(2000), and_for_each_name = milliseconds(5);
// More questions than these take as long as their resolver answers them: so many answers within the grace, and it is waited for once more.
constexpr std::size_t many_questions = 64, answers_that_keep_waiting = 8;
constexpr std::size_t largest_anchor_file = 64 * 1024;

/// Debian's dns-root-data, unbound's own one, and that of dig's day.
constexpr std::array anchor_files{"/usr/share/dns/root.key", "/var/lib/unbound/root.key", "/etc/trusted-key.key"};

}  // namespace

SignatureCheck::SignatureCheck(const io::World& world, Exchange& exchange, Deadline deadline, const std::vector<Target>& system_resolvers,
                               const std::vector<Target>& public_resolvers, bool ask_zone_servers)
    : world_(world), exchange_(exchange), deadline_(deadline), ask_zone_servers_(ask_zone_servers) {
  // A public one comes first: it passes all records on and answers for many, which forwarders in home routers may not.
  for (const auto& [role, targets] : {std::pair{Role::public_resolver, &public_resolvers}, std::pair{Role::system, &system_resolvers}}) {
    Source source{.role = role, .resolvers = {}, .tickets = {}};
    std::ranges::copy_if(*targets, std::back_inserter(source.resolvers), [&](const Target& target) { return exchange.may_ask(target); });
    if (!source.resolvers.empty()) sources_.push_back(std::move(source));
  }
}

std::vector<std::string> SignatureCheck::names_down_to(const std::string& name) {
  auto result = wire::dns::enclosing_names(name);
  std::ranges::reverse(result);
  if (result.size() > most_labels_proven) result.resize(most_labels_proven);
  return result;
}

void SignatureCheck::ask(const std::vector<Inquiry>& inquiries) {
  time_left_ = most_time_for_judging + and_for_each_name * inquiries.size();
  now_ = world_.network.calendar_time();
  if (!now_ || inquiries.empty()) return;
  for (const auto* file : anchor_files) {
    const auto text = world_.network.read_file(file, largest_anchor_file);
    if (!anchors_.empty() || !text) continue;
    anchors_ = wire::dns::read_anchors(*text);
    anchor_ = file;
  }
  if (anchors_.empty()) anchors_ = wire::dns::built_in_anchors(), anchor_ = "built in";
  for (const auto& inquiry : std::span(inquiries).first(std::min(inquiries.size(), most_asked_at_once)))
    for (auto& source : sources_) {
      // These are asked anyhow, and what finds the zone goes first.
      if (ask_zone_servers_)
        for (const auto& zone : inquiry.possible_zones) exchange_.ask(source.resolvers.front(), {zone, Type::ns});
      ask_chain(source, inquiry.name, inquiry.name);
    }
}

std::optional<Target> SignatureCheck::proves_later_names() const {
  if (!now_ || sources_.empty() || sources_.front().role != Role::public_resolver) return std::nullopt;   // a forwarder may give no answer at all then
  return sources_.front().resolvers.front();
}

/// Those of the later names whose answers came with signatures; for all others it shows by the first ones whether there is anything to prove.
bool SignatureCheck::take_later_names(const std::vector<Inquiry>& inquiries) {
  const auto from = proves_later_names();
  if (!from || inquiries.size() <= most_asked_at_once || later_names_taken_) return true;
  const auto later = std::span(inquiries).subspan(most_asked_at_once);
  const auto is_to_come = [&](Ticket ticket) { return exchange_.target(ticket) == *from && !exchange_.is_settled(ticket); };
  if (std::ranges::any_of(later, [&](const Inquiry& inquiry) { return std::ranges::any_of(inquiry.at_resolvers, is_to_come); })) return false;
  auto& source = sources_.front();
  for (const auto& inquiry : later) {
    auto answers = inquiry.at_resolvers;
    std::erase_if(answers, [&](Ticket ticket) { return exchange_.target(ticket) != *from; });
    const bool is_signed = std::ranges::all_of(answers, [&](Ticket ticket) { return holds_signatures(ticket); });
    if (is_signed && source.tickets.try_emplace(inquiry.name, std::move(answers)).second) ask_keys(source, inquiry.name, inquiry.name, Chain::above_it);
  }
  return later_names_taken_ = true;
}

void SignatureCheck::begin_to_judge(const std::vector<Inquiry>& inquiries) {
  if (!proves_later_names() || inquiries.size() <= most_asked_at_once || tried_to_begin_ || !take_later_names(inquiries)) return;
  auto& source = sources_.front();
  const auto is_there = [&](const auto& of_name) { return std::ranges::all_of(of_name.second, [&](Ticket ticket) { return exchange_.is_settled(ticket); }); };
  if (!std::ranges::all_of(source.tickets, is_there)) return;
  std::vector<std::string> names;
  for (const auto& inquiry : inquiries) names.push_back(inquiry.name);
  tried_to_begin_ = true;
  begun_ = batch_of(source, names);
  const auto until = deadline_.or_earlier(world_.clock.now() + time_left_).at;
  try {
    beside_.start([this, until] { look_at(*begun_, until); });
  } catch (const std::system_error&) {
    begun_.reset();   // no thread is left for this user: it is done in the end, when nothing is waited for
  }
}

/// `name` itself where it is the name in question, and what proves the keys of every zone that `proven` may be in.
void SignatureCheck::ask_chain(Source& source, const std::string& name, const std::string& proven, Chain chain) {
  if (name == proven)
    for (const auto type : {Type::a, Type::aaaa}) ask_for_proof(source, name, {name, type});
  ask_keys(source, name, proven, chain);
}

void SignatureCheck::ask_keys(Source& source, const std::string& name, const std::string& proven, Chain chain) {
  ask_for_proof(source, name, {".", Type::dnskey});
  for (const auto& zone : names_down_to(proven))
    if (chain == Chain::to_the_name || zone != proven)
      for (const auto type : {Type::ds, Type::dnskey}) ask_for_proof(source, name, {zone, type});
}

void SignatureCheck::ask_for_proof(Source& source, const std::string& name, const wire::dns::Question& question) {
  auto& tickets = source.tickets[name];
  const auto ticket = exchange_.ask(source.resolvers.front(), question, Asking::proof);
  if (std::ranges::find(tickets, ticket) == tickets.end()) tickets.push_back(ticket);
}

/// Names of which this source may prove more: those that it was not asked for, unless it is silent, or has not even the root's keys and signatures; and
/// those that may be zones themselves, where that was not asked.
std::vector<std::string> SignatureCheck::worth_more(const Source& source, const std::vector<std::string>& open, Chain chain) const {
  const auto is_asked = [&](const std::string& name) { return source.tickets.find(name) != source.tickets.end(); };
  const auto is_of_use = [](const Judgement& judgement) { return judgement.record != ". DNSKEY" && judgement.reason != SecurityReason::stripped; };
  bool judged = false, of_use = false;
  for (const auto& [name, one] : source.judged)
    if (is_asked(name)) judged = true, of_use = of_use || std::ranges::any_of(one.types, is_of_use);
  std::vector<std::string> result;
  for (const auto& name : open) {
    const auto about_itself = [&](const Judgement& judgement) { return judgement.record == name + " DS" || judgement.record == name + " DNSKEY"; };
    if (!is_asked(name)) {
      if (chain == Chain::above_it && has_heard(source) && (of_use || !judged)) result.push_back(name);
    } else if (const auto found = source.judged.find(name); chain == Chain::to_the_name && found != source.judged.end()) {
      if (std::ranges::any_of(found->second.types, about_itself)) result.push_back(name);
    }
  }
  return result;
}

/// True: more was asked.
bool SignatureCheck::ask_chains(Source& source, const std::vector<std::string>& names, Chain chain) {
  bool asked = false;
  for (const auto& name : names) {
    const auto before = source.tickets[name].size();
    ask_chain(source, name, name, chain);
    asked = asked || source.tickets[name].size() > before;
  }
  return asked;
}

bool SignatureCheck::has_heard(const Source& source) const {
  return std::ranges::any_of(source.tickets, [&](const auto& of_name) {
    return std::ranges::any_of(of_name.second, [&](Ticket ticket) { return exchange_.message(ticket) != nullptr; });
  });
}

/// What shows only now: where aliases lead, and that a resolver is silent while its neighbour in resolv.conf is not. True: more was asked.
bool SignatureCheck::ask_further(Source& source, const std::vector<Inquiry>& inquiries) {
  bool asked = false;
  for (std::size_t i = 1; i < source.resolvers.size() && !has_heard(source) && !asked; ++i) {
    const auto answers = [&](Ticket ticket) { return exchange_.target(ticket) == source.resolvers[i] && exchange_.message(ticket); };
    if (!std::ranges::any_of(inquiries.front().at_resolvers, answers)) continue;
    std::swap(source.resolvers[0], source.resolvers[i]);
    std::vector<std::string> names;
    for (auto& [name, tickets] : source.tickets) names.push_back(name), tickets.clear();
    for (const auto& name : names) ask_chain(source, name, name);
    asked = true;
  }
  for (auto& [name, tickets] : source.tickets) {
    std::set<std::string> aliases;
    for (const auto ticket : tickets)
      if (const auto* message = exchange_.message(ticket); message && exchange_.answer(ticket).question == name)
        for (const auto type : {Type::a, Type::aaaa})
          for (const auto& alias : wire::dns::follow(*message, {name, type}).chain)
            if (aliases.size() < most_aliases_proven) aliases.insert(alias);
    const auto before = tickets.size();
    for (const auto& alias : aliases) ask_chain(source, name, alias);
    asked = asked || tickets.size() > before;
  }
  return asked;
}

void SignatureCheck::settle(const Source& source, Instant until) {
  std::vector<Ticket> all;
  for (const auto& [name, tickets] : source.tickets) all.insert(all.end(), tickets.begin(), tickets.end());
  const auto is_open = [&](Ticket ticket) { return !exchange_.is_settled(ticket); };
  exchange_.settle(all, until);
  for (auto open = std::ranges::count_if(all, is_open); open > 0 && all.size() > many_questions;) {
    exchange_.settle(all, world_.clock.now() + grace);
    const auto still = std::ranges::count_if(all, is_open);
    if (std::cmp_less(open - still, answers_that_keep_waiting)) break;
    open = still;
  }
  // What is too long for UDP takes two round trips more, one after the other.
  std::erase_if(all, [&](Ticket ticket) { return !exchange_.answer(ticket).truncated || exchange_.is_settled(ticket); });
  exchange_.settle(all, world_.clock.now() + grace_for_tcp);
}

bool SignatureCheck::holds_signatures(Ticket ticket) const { return wire::dns::holds_signatures(exchange_.octets(ticket)); }

bool SignatureCheck::hold_signatures(const std::vector<Ticket>& tickets) const {
  return std::ranges::any_of(tickets, [&](Ticket ticket) { return holds_signatures(ticket); });
}

/// By all that the source said, of whatever name: once for the messages that are there. More of them may have come since another source was waited for,
/// and where the work on them was not finished, what was found before stands.
void SignatureCheck::judge_together(Source& source, std::vector<std::string> names) {
  if (begun_ && &source == &sources_.front()) {
    beside_.join();
    take(source, *std::exchange(begun_, std::nullopt));
    std::erase_if(names, [&](const std::string& name) { return is_proof(verdict_of(name).security); });
  }
  auto batch = batch_of(source, names);
  look_at(batch, deadline_.or_earlier(world_.clock.now() + time_left_).at);
  take(source, std::move(batch));
}

SignatureCheck::Batch SignatureCheck::batch_of(const Source& source, std::span<const std::string> names) const {
  Batch batch;
  std::set<Ticket> taken;
  for (const auto& [name, tickets] : source.tickets)
    for (const auto ticket : tickets)
      if (!exchange_.octets(ticket).empty() && taken.insert(ticket).second) batch.messages.push_back(exchange_.octets(ticket));
  for (const auto& name : names) {
    const auto judged = source.judged.find(name);
    if (judged == source.judged.end() || judged->second.messages != batch.messages.size()) batch.names.push_back(name);
  }
  return batch;
}

/// Also from another thread.
void SignatureCheck::look_at(Batch& batch, Instant until) const {
  const auto began = world_.clock.now();
  std::vector<wire::dns::Question> questions;
  for (const auto& name : batch.names)
    for (const auto type : {Type::a, Type::aaaa}) questions.push_back({name, type});
  if (!questions.empty()) batch.judgements = wire::dns::validate_each(questions, batch.messages, anchors_, *now_, [&] { return world_.clock.now() < until; });
  batch.took = world_.clock.now() - began;
}

void SignatureCheck::take(Source& source, Batch batch) {
  time_left_ -= std::min(time_left_, batch.took);
  for (std::size_t i = 0; i < batch.names.size(); ++i) {
    auto& judged = source.judged[batch.names[i]];
    judged.messages = batch.messages.size();
    judged.types.resize(2);
    for (std::size_t type = 0; type < judged.types.size(); ++type)
      if (auto& judgement = batch.judgements[2 * i + type];
          judgement.reason != SecurityReason::not_checked || judged.types[type].security == Security::indeterminate)
        judged.types[type] = std::move(judgement);
  }
}

Dnssec SignatureCheck::verdict_of(const std::string& name) const {
  Verdicts verdicts;
  for (const auto& source : sources_) {
    const auto found = source.judged.find(name);
    if (found == source.judged.end()) continue;
    const bool is_asked = source.tickets.find(name) != source.tickets.end();
    if (!is_asked && std::ranges::none_of(found->second.types, [](const Judgement& judgement) { return is_proof(judgement.security); })) continue;
    const auto server = source.resolvers.empty() ? std::nullopt : std::optional(source.resolvers.front().server);
    verdicts.add(source.role, server, found->second.types[0], found->second.types[1]);
  }
  auto result = verdicts.together();
  result.anchor = anchor_;
  result.judged_at = now_;
  return result;
}

std::vector<std::optional<Dnssec>> SignatureCheck::judge(const std::vector<Inquiry>& inquiries) {
  std::vector<std::optional<Dnssec>> result(inquiries.size());
  if (!now_ || sources_.empty() || inquiries.empty()) return result;
  std::vector<std::string> open;   // names that nothing is proven of
  for (const auto& inquiry : inquiries) open.push_back(inquiry.name);
  // Whom a proof is from does not matter, so nobody else is waited for.
  const auto judge_open = [&](Source& source) {
    judge_together(source, open);
    for (std::size_t i = 0; i < inquiries.size(); ++i)
      if (!result[i] || !is_proof(result[i]->security)) result[i] = verdict_of(inquiries[i].name);
    open.clear();
    for (std::size_t i = 0; i < inquiries.size(); ++i)
      if (!is_proof(result[i]->security)) open.push_back(inquiries[i].name);
    return open.empty();
  };
  static_cast<void>(take_later_names(inquiries));
  const auto until = world_.clock.now() + grace;
  for (auto& source : sources_) {
    settle(source, until);
    const auto judge_further = [&] {
      if (ask_further(source, inquiries)) settle(source, world_.clock.now() + grace);
      return judge_open(source);
    };
    if (judge_further()) return result;
    for (const auto chain : {Chain::above_it, Chain::to_the_name}) {
      if (!ask_chains(source, worth_more(source, open, chain), chain)) continue;
      settle(source, world_.clock.now() + grace);
      if (judge_further()) return result;
    }
  }
  std::size_t doubtful = 0;
  for (std::size_t i = 0; i < inquiries.size() && ask_zone_servers_ && doubtful < most_doubtful; ++i) {
    const auto& verdict = *result[i];   // what is wrong with the root itself is a matter of this host or its way out
    const bool doubt = (verdict.security == Security::bogus && verdict.zone != ".") || verdict.reason == SecurityReason::stripped;
    if (!doubt || !inquiries[i].found_through) continue;
    ++doubtful;
    Source direct{.role = Role::authoritative, .resolvers = {}, .tickets = {}};   // of one name: what its own zone's servers say
    ask_directly(inquiries[i], direct, world_.clock.now() + grace_in_doubt);
    if (!hold_signatures(direct.tickets[inquiries[i].name])) continue;
    judge_together(direct, {inquiries[i].name});
    sources_.push_back(std::move(direct));
    result[i] = verdict_of(inquiries[i].name);
  }
  return result;
}

std::size_t SignatureCheck::left_open(const std::vector<std::optional<Dnssec>>& verdicts, const std::vector<Inquiry>& inquiries) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (!verdicts[i] || verdicts[i]->security != Security::indeterminate) continue;
    const bool waits = std::ranges::any_of(sources_, [&](const Source& source) {
      const auto found = source.tickets.find(inquiries[i].name);
      return found != source.tickets.end() && has_heard(source) &&
             !std::ranges::all_of(found->second, [&](Ticket ticket) { return exchange_.is_settled(ticket); });
    });
    if (waits || verdicts[i]->reason == SecurityReason::not_checked) ++count;
  }
  return count;
}

}  // namespace ringback::dns
