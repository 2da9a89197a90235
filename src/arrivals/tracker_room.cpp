/// Who makes room for whom where more come than are remembered: a flood must not crowd out a visitor who got in.
#include "arrivals/tracker.hpp"

namespace ringback::arrivals {
namespace {

constexpr std::size_t queue_slack = 64;

bool got_in(const Attempt& attempt) { return attempt.reached || attempt.answer == Answer::datagram; }

}  // namespace

void Tracker::queue(Queue& into, const Attempt& attempt) {
  into.push_back({{attempt.protocol, attempt.from, attempt.to}, attempt.id});
  if (into.size() <= 2 * flows_.size() + queue_slack) return;
  std::erase_if(into, [&](const Mark& mark) { return find(mark) == nullptr; });   // at most one for each attempt is left
}

Tracker::Flow* Tracker::find(const Mark& mark) {
  const auto found = flows_.find(mark.key);
  return found != flows_.end() && found->second.attempt.id == mark.id ? &found->second : nullptr;
}

void Tracker::forget_settled() {
  for (; !settled_.empty() && flows_.size() >= watch_.most_attempts; settled_.pop_front())
    if (const auto* flow = find(settled_.front()); flow != nullptr && flow->attempt.settled) flows_.erase(settled_.front().key);
}

/// Who sends openings only to fill this table gets no answer, or takes none.
void Tracker::forget_unanswered() {
  for (; !from_outside_.empty() && flows_.size() >= watch_.most_attempts; from_outside_.pop_front()) {
    const auto* flow = find(from_outside_.front());
    if (flow == nullptr || flow->attempt.origin != Origin::outside) continue;
    if (flow->attempt.answer != Answer::none) {
      queue(answered_, flow->attempt);
      continue;
    }
    flows_.erase(from_outside_.front().key);
    ++counts_.untracked;
  }
}

void Tracker::forget_unproven() {
  for (; !answered_.empty() && flows_.size() >= watch_.most_attempts; answered_.pop_front()) {
    const auto* flow = find(answered_.front());
    if (flow == nullptr || flow->attempt.origin != Origin::outside || got_in(flow->attempt)) continue;
    flows_.erase(answered_.front().key);
    ++counts_.untracked;
  }
}

bool Tracker::make_room() {
  if (flows_.size() < watch_.most_attempts) return true;
  forget_settled();
  forget_unanswered();
  forget_unproven();
  return flows_.size() < watch_.most_attempts;
}

}  // namespace ringback::arrivals
