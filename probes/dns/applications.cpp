#include "probes/dns/applications.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "base/guarded_threads.hpp"

namespace ringback::dns {
namespace {

constexpr std::size_t most_sources = 16, most_of_one_name = 16;
constexpr std::size_t largest_hosts_file = 1U << 20U;   // blocking lists are longer, and of no interest here
// Whoever opens a page has given up by then; a resolver that is dead takes longer.
constexpr milliseconds patience{2000}, patience_for_each{2};

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  line = line.substr(0, line.find('#'));
  while (true) {
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const auto word = line.substr(0, line.find_first_of(" \t\r"));
    words.push_back(word);
    line.remove_prefix(word.size());
  }
}

template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    visit(words_of(line));
  }
}

/// Lower case, and without the dot at the end.
std::string plain(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string result(name);
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

}  // namespace

std::vector<std::string> name_sources(std::string_view nsswitch) {
  std::vector<std::string> sources;
  for_each_line(nsswitch, [&](const auto& words) {
    if (words.empty() || words[0] != "hosts:" || !sources.empty()) return;
    for (const auto word : std::span(words).subspan(1, std::min(words.size() - 1, most_sources))) sources.emplace_back(word.substr(0, 64));
  });
  return sources;
}

std::vector<std::vector<Address>> in_hosts_file(std::string_view hosts, std::span<const std::string> names) {
  std::vector<std::vector<Address>> result(names.size());
  std::unordered_multimap<std::string, std::size_t> places;
  for (std::size_t i = 0; i < names.size(); ++i) places.emplace(plain(names[i]), i);
  for_each_line(hosts, [&](const auto& words) {
    if (words.size() < 2) return;
    const auto address = Address::parse(words[0].substr(0, words[0].find('%')));
    if (!address) return;
    for (const auto word : std::span(words).subspan(1)) {
      const auto [first, last] = places.equal_range(plain(word));
      for (const auto& [name, place] : std::ranges::subrange(first, last)) {
        auto& found = result[place];
        if (found.size() < most_of_one_name && std::ranges::find(found, *address) == found.end()) found.push_back(*address);
      }
    }
  });
  return result;
}

struct Lookups::Work {
  io::World world;
  Deadline deadline;
  std::vector<std::string> names;
  std::vector<bool> answered;
  std::string hosts;
  std::vector<std::optional<Applications>> results;   ///< written by the thread, and read when it has ended
  GuardedThreads thread;

  void look_up() {
    auto written = in_hosts_file(hosts, names);
    // First those that have an answer near: names that nobody answers for hold up all that come after them.
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_partition(order, [&](std::size_t i) { return !written[i].empty() || answered[i]; });
    std::vector<std::string> bare;
    for (const auto i : order) {
      auto& name = bare.emplace_back(names[i]);
      if (name.size() > 1 && name.ends_with('.')) name.pop_back();
    }
    auto found = world.network.look_up(bare, deadline);
    for (std::size_t place = 0; place < order.size(); ++place) {
      const auto i = order[place];
      auto& result = results[i].emplace();
      result.hosts_file = std::move(written[i]);
      if (found[place])
        result.addresses = std::move(*found[place]);
      else
        result.trouble = found[place].error().what;
    }
  }
};

Lookups::Lookups(const std::vector<std::string>& names, std::vector<bool> answered, const io::World& world, Deadline deadline)
    : work_(new Work{.world = world,
                     .deadline = deadline.or_earlier(world.clock.now() + patience + patience_for_each * names.size()),
                     .names = names,
                     .answered = std::move(answered),
                     .hosts = {},
                     .results = {}}) {
  if (names.empty()) return;
  work_->hosts = world.network.read_file("/etc/hosts", largest_hosts_file).value_or("");
  work_->results.resize(names.size());
  work_->thread.start([work = work_.get()] { work->look_up(); });
}

Lookups::~Lookups() = default;

std::vector<std::optional<Applications>> Lookups::take() {
  work_->thread.join();
  return std::move(work_->results);
}

}  // namespace ringback::dns
