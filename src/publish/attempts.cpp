#include "publish/attempts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ringback::publish {
namespace {

constexpr std::size_t most_attempts = 5;
constexpr milliseconds first_pause{250}, shortest_attempt{1000};

/// The first address, then the first of the other family, then the others as the system sorted them (RFC 6724).
std::vector<Address> with_families_in_turn(std::vector<Address> addresses) {
  if (addresses.empty()) return addresses;
  const auto other = std::ranges::find_if(addresses, [&](const Address& a) { return a.family() != addresses.front().family(); });
  if (other != addresses.end()) std::rotate(addresses.begin() + 1, other, other + 1);
  return addresses;
}

}  // namespace

Attempt failed(std::string trouble) { return {Attempt::End::failed, std::move(trouble)}; }
Attempt hopeless(std::string trouble) { return {Attempt::End::hopeless, std::move(trouble)}; }
Attempt failed(const Error& error, std::string trouble) {
  if (error.code == Errc::timed_out) return {Attempt::End::silent, {}};
  return failed(std::move(trouble));
}

std::optional<std::string> try_until(Deadline deadline, const Clock& clock, const Try& once) {
  const auto whole = deadline.left(clock);
  if (whole == milliseconds{0}) return "was not told: the time was over";
  std::optional<std::string> trouble;   // what an answer said tells more than the silence after it
  auto pause = first_pause;
  for (std::size_t number = 0; number < most_attempts && !deadline.passed(clock); ++number, pause *= 2) {
    const auto share = std::max(shortest_attempt, deadline.left(clock) / 2);
    auto attempt = once(number, deadline.or_earlier(clock.now() + share));
    if (attempt.end == Attempt::End::done) return std::nullopt;
    if (attempt.end != Attempt::End::silent) trouble = std::move(attempt.trouble);
    if (attempt.end == Attempt::End::hopeless) return trouble;
    if (number + 1 < most_attempts && pause < deadline.left(clock)) clock.sleep_until(clock.now() + pause);
    else break;
  }
  return trouble ? *trouble : fmt::format("did not answer in {} s", std::chrono::ceil<seconds>(whole).count());
}

Expected<Address> Addresses::at(std::size_t number, Deadline deadline) {
  if (const auto literal = Address::parse(host_)) return *literal;
  if (found_.empty()) {
    auto found = std::move(network_.look_up(std::span(&host_, 1), deadline).front());
    if (!found) return tl::unexpected(found.error());
    found_ = with_families_in_turn(std::move(*found));
  }
  if (found_.empty()) return failure(Errc::refused, "look up " + host_ + ": no address");
  return found_[number % found_.size()];
}

}  // namespace ringback::publish
