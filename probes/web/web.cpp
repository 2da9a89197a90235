#include "probes/web/web.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "probes/web/url.hpp"
#include "probes/web/vantage_answer.hpp"
#include "wire/printable.hpp"

namespace ringback::web {
namespace {

constexpr auto patience = milliseconds(2500);
constexpr std::size_t most_threads = 8;
constexpr std::size_t most_bytes = 16 * 1024;
constexpr std::size_t longest_redirect = 500;

struct Task {
  const WebTarget* target;
  const Leg* leg;
};

std::string url_to_ask(const WebTarget& target, const Url& url) {
  if (target.kind == Kind::connectivity) return target.url;
  const auto base = target.url.substr(0, target.url.find_first_of("?#"));
  return base.substr(0, base.size() - (url.path.ends_with('/') ? 1 : 0)) + "/v1/address";
}

/// As much of the body as anybody looks at: a portal may send without end.
Expected<io::HttpResponse> get(const std::string& url, const Endpoint& server, std::string& body, const io::World& world, Deadline deadline) {
  io::HttpRequest request;
  request.url = url;
  request.connect_to = server;
  request.max_bytes = 64 * most_bytes;  // never reached: the body is cut before
  request.on_body = [&](std::string_view piece) {
    body.append(piece.substr(0, most_bytes - std::min(most_bytes, body.size())));
    return body.size() < most_bytes;
  };
  return world.network.http(request, deadline);
}

void judge_vantage(Observation& observation, const std::string& body) {
  if (observation.status != 200) {
    observation.trouble = fmt::format("the status is {}, a vantage point's is 200", *observation.status);
    return;
  }
  const auto answer = parse_vantage_answer(body);
  if (!answer) {
    observation.trouble = answer.error().what;
    return;
  }
  if (answer->seen_as.address.family() != observation.family) {
    observation.trouble = fmt::format("it sees {}, which is not {}", answer->seen_as.to_string(), to_string(observation.family));
    return;
  }
  observation.as_expected = true;
  observation.seen_as = answer->seen_as;
  observation.vantage_families = answer->families;
}

void judge_page(Observation& observation, const WebTarget& target, const std::string& body) {
  if (observation.status != target.expected_status)
    observation.trouble = fmt::format("the status is {}, the page's is {}", *observation.status, target.expected_status);
  else if (!body.starts_with(target.expected_body))
    observation.trouble = "the body is not the page's";
  else
    observation.as_expected = true;
}

Observation ask(const WebTarget& target, const Leg& leg, const io::World& world, Deadline deadline) {
  Observation observation{.kind = target.kind, .url = target.url, .family = leg.family};
  const auto failed = [&](std::string why) {
    observation.trouble = std::move(why);
    return observation;
  };
  const auto url = parse_url(target.url);
  if (!url) return failed(url.error().what);
  const auto addresses = world.network.resolve(url->host.host, deadline);
  if (!addresses) return failed(addresses.error().what);
  const auto address = std::ranges::find(*addresses, leg.family, &Address::family);
  if (address == addresses->end()) return failed(fmt::format("{} has no {} address", url->host.host, to_string(leg.family)));
  observation.server = Endpoint{*address, url->host.port};

  std::string body;
  const auto response = get(url_to_ask(target, *url), *observation.server, body, world, deadline);
  if (!response) return failed(response.error().what);
  observation.local = response->local;
  observation.status = response->status;
  observation.connect_time = response->connect_time;
  if (!response->location.empty()) observation.redirect = wire::printable(response->location, longest_redirect);
  if (target.kind == Kind::vantage)
    judge_vantage(observation, body);
  else
    judge_page(observation, target, body);
  return observation;
}

}  // namespace

Expected<Evidence> observe(const WebPlan& plan, const io::World& world, Deadline deadline) {
  std::vector<Task> tasks;
  for (const auto& target : plan.targets)
    for (const auto& leg : plan.legs) tasks.push_back({&target, &leg});
  Evidence evidence;
  evidence.observations.resize(tasks.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto i = next++; i < tasks.size(); i = next++)
      evidence.observations[i] = ask(*tasks[i].target, *tasks[i].leg, world, deadline.or_earlier(world.clock.now() + patience));
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < std::min(tasks.size(), most_threads); ++i) threads.emplace_back(work);
  threads.clear();  // joins
  return evidence;
}

}  // namespace ringback::web
