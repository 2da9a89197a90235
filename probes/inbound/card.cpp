#include "probes/inbound/card.hpp"

namespace ringback::inbound {
namespace {

constexpr std::size_t most_sightings = 8192;
constexpr std::size_t most_knockers = 64;

}  // namespace

Card::Card(const io::CaptureOptions& options, const io::World& world, Deadline deadline) : world_(world), deadline_(deadline) {
  state_.interface = options.interface;
  auto capture = world.network.open_capture(options);
  if (!capture) {
    state_.trouble = capture.error().what;
    return;
  }
  capture_ = std::move(*capture);
  state_.running = true;
  thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

Card::~Card() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Card::watch(const std::stop_token& stop) {
  std::vector<Address> knockers;
  while (!stop.stop_requested() && !deadline_.passed(world_.clock)) {
    const auto got = capture_->next(deadline_.or_earlier(world_.clock.now() + milliseconds(20)));
    if (!got) {
      fail(got.error().what);
      return ring();
    }
    if (!*got) continue;
    auto sighting = sight(**got);
    if (sighting && !worth_keeping(*sighting, knockers)) continue;
    if (sighting && sighting->packet.transport.protocol == wire::ip_udp && !sighting->outgoing && knockers.size() < most_knockers)
      knockers.push_back(sighting->packet.source);
    note(std::move(sighting));
    ring();
  }
}

void Card::ring() {
  const std::scoped_lock lock(subscribers_mutex_);
  for (const auto* subscriber : subscribers_) subscriber->ring();
}

/// What came before stands; later silence proves nothing.
void Card::fail(const std::string& why) {
  const std::scoped_lock lock(mutex_);
  state_.trouble = why;
  state_.running = false;
}

void Card::note(Expected<Sighting> sighting) {
  const std::scoped_lock lock(mutex_);
  if (!sighting)
    state_.malformed += sighting.error().code == Errc::malformed ? 1U : 0U;
  else if (sightings_.size() < most_sightings)
    sightings_.push_back(std::move(*sighting));
  else
    ++state_.dropped;
}

Card::Subscription::Subscription(const Card& card, const io::Wakeup& wakeup) : card_(card), wakeup_(&wakeup) {
  const std::scoped_lock lock(card_.subscribers_mutex_);
  card_.subscribers_.push_back(wakeup_);
}

Card::Subscription::~Subscription() {
  const std::scoped_lock lock(card_.subscribers_mutex_);
  std::erase(card_.subscribers_, wakeup_);
}

std::size_t Card::count() const {
  const std::scoped_lock lock(mutex_);
  return sightings_.size();
}

std::vector<Sighting> Card::since(std::size_t from) const {
  const std::scoped_lock lock(mutex_);
  if (from >= sightings_.size()) return {};
  return {sightings_.begin() + static_cast<std::ptrdiff_t>(from), sightings_.end()};
}

CaptureState Card::finish() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  if (capture_) {
    const auto counters = capture_->counters();
    state_.received = static_cast<unsigned>(std::min<std::uint64_t>(counters.received, 0xffffffffU));
    state_.dropped += static_cast<unsigned>(std::min<std::uint64_t>(counters.dropped, 0xffffffffU));
  }
  return state_;
}

}  // namespace ringback::inbound
