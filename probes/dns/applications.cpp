#include "probes/dns/applications.hpp"

#include <algorithm>
#include <atomic>

#include "base/guarded_threads.hpp"

namespace ringback::dns {
namespace {

constexpr std::size_t most_at_once = 8;
constexpr std::size_t most_sources = 16, most_of_one_name = 16;
constexpr std::size_t largest_hosts_file = 1U << 20U;   // blocking lists are longer, and of no interest here
// Whoever opens a page has given up by then; a resolver that is dead takes longer.
constexpr milliseconds lookup_patience{2000};

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

bool is_same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  for (auto* name : {&a, &b})
    if (name->ends_with('.')) name->remove_suffix(1);
  return std::ranges::equal(a, b, {}, lower, lower);
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

std::vector<Address> in_hosts_file(std::string_view hosts, std::string_view name) {
  std::vector<Address> found;
  for_each_line(hosts, [&](const auto& words) {
    if (words.size() < 2 || found.size() >= most_of_one_name) return;
    const auto address = Address::parse(words[0].substr(0, words[0].find('%')));
    const auto is_it = [&](std::string_view word) { return is_same_name(word, name); };
    if (!address || std::ranges::none_of(std::span(words).subspan(1), is_it)) return;
    if (std::ranges::find(found, *address) == found.end()) found.push_back(*address);
  });
  return found;
}

struct Lookups::Work {
  io::World world;
  Deadline deadline;
  std::vector<std::string> names;
  std::string hosts;
  std::vector<std::optional<Applications>> results;   ///< each written by one thread, and read when all have ended
  std::atomic<std::size_t> next{0};
  GuardedThreads threads;

  void look_up_some() {
    for (auto i = next++; i < names.size(); i = next++) {
      auto& result = results[i].emplace();
      result.hosts_file = in_hosts_file(hosts, names[i]);
      auto bare = names[i];
      if (bare.size() > 1 && bare.ends_with('.')) bare.pop_back();
      auto addresses = world.network.look_up(bare, deadline);
      if (addresses)
        result.addresses = std::move(*addresses);
      else
        result.trouble = addresses.error().what;
    }
  }
};

Lookups::Lookups(const std::vector<std::string>& names, const io::World& world, Deadline deadline)
    : work_(new Work{.world = world, .deadline = deadline.or_earlier(world.clock.now() + lookup_patience), .names = names, .hosts = {}, .results = {}}) {
  work_->hosts = world.network.read_file("/etc/hosts", largest_hosts_file).value_or("");
  work_->results.resize(names.size());
  work_->names.resize(std::min(names.size(), most_names));
  for (std::size_t i = 0; i < std::min(work_->names.size(), most_at_once); ++i) work_->threads.start([work = work_.get()] { work->look_up_some(); });
}

Lookups::~Lookups() = default;

std::vector<std::optional<Applications>> Lookups::take() {
  work_->threads.join();
  return std::move(work_->results);
}

}  // namespace ringback::dns
