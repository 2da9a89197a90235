#include "vantage/api.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/embedded_address.hpp"
#include "vantage/own_addresses.hpp"

namespace ringback::vantage {
namespace {

struct Route {
  std::string_view path;
  std::string_view method;
  Question question;
};
constexpr std::array routes{Route{"/v1/address", "GET", Question::address}, Route{"/v1/knock", "POST", Question::knock}};

const Route* find_route(std::string_view path) {
  const auto found = std::ranges::find(routes, path, &Route::path);
  return found == routes.end() ? nullptr : &*found;
}

seconds whole_seconds(std::chrono::nanoseconds wait) { return std::max(seconds{1}, std::chrono::ceil<seconds>(wait)); }

}  // namespace

Api::Api(asio::io_context& io, ApiOptions options, const Limits& limits, const Clock& clock, Random& random, FairPool& slots,
         Counters& counters, RefusalLog& log, Faults& faults)
    : io_(io),
      options_(std::move(options)),
      clock_(clock),
      random_(random),
      slots_(slots),
      counters_(counters),
      log_(log),
      faults_(faults),
      knock_limiter_(limits.knock_rates, limits.callers_remembered, random.number<std::uint64_t>()),
      question_limiter_(limits.question_rates, limits.callers_remembered, random.number<std::uint64_t>()) {}

http::Response Api::problem(Question question, const Problem& problem, std::optional<seconds> retry_after) {
  counters_.request(question, problem.status);
  log_.note(problem.status, problem.type);
  http::Response response{problem.status, "application/problem+json", problem_body(problem), {}};
  if (retry_after) response.headers.emplace_back("Retry-After", std::to_string(retry_after->count()));
  return response;
}

http::Response Api::malformed(unsigned status, std::string_view detail) {
  if (status == 413) return problem(Question::other, {413, "too-large", "Content Too Large", std::string(detail)});
  return problem(Question::other, {400, "malformed", "Malformed request", std::string(detail)});
}

http::Response Api::busy() {
  return problem(Question::other, {503, "busy", "Too many connections", "too many connections are open: try again in a few seconds"},
                 seconds{2});
}

http::Response Api::broken() {
  return problem(Question::other, {503, "fault", "Fault of the vantage point", "the request is not to blame: try again in a few seconds"},
                 seconds{2});
}

std::optional<http::Response> Api::refuse(const http::Request& request) {
  const auto* route = find_route(request.path);
  const auto question = route ? route->question : Question::other;
  const auto& caller = request.remote.address;
  auto& limiter = question == Question::knock ? knock_limiter_ : question_limiter_;
  if (const auto wait = limiter.refuse(caller, clock_.now())) {
    const auto retry = whole_seconds(*wait);
    return problem(question, {429, "too-many-requests", "Too many requests", fmt::format("try again in {} s", retry.count())}, retry);
  }
  // A link-local address means nothing without its zone, so it cannot be knocked on even in a lab.
  if (caller.is_link_local() || (!options_.allow_special && !is_on_the_internet(caller)))
    return problem(question, {403, "special-purpose-caller", "Caller is not on the internet",
                              "the request came from a special-purpose address (RFC 6890), which the internet cannot reach"});
  if (!route)
    return problem(question, {404, "unknown-path", "No such resource", "there is GET /v1/address and POST /v1/knock"});
  if (request.method != route->method) {
    auto response = problem(question, {405, "wrong-method", "Method not allowed", fmt::format("{} takes {}", route->path, route->method)});
    response.headers.emplace_back("Allow", route->method);
    return response;
  }
  return std::nullopt;
}

void Api::answer(const http::Request& request, const std::shared_ptr<http::Exchange>& exchange) {
  const auto* route = find_route(request.path);
  if (route && route->question == Question::knock) return knock(request, exchange);
  exchange->respond(address(request));
}

const std::vector<Family>& Api::families() {
  constexpr seconds remembered{1};
  if (const auto now = clock_.now(); now >= families_until_) {
    families_ = internet_families(options_.allow_special);
    families_until_ = now + remembered;
  }
  return families_;
}

http::Response Api::address(const http::Request& request) {
  counters_.request(Question::address, 200);
  return {200, "application/json", address_body(request.remote, families()), {}};
}

KnockPath Api::path(const http::Request& request) const {
  const auto& asked_at = request.local.address;
  const bool named = std::ranges::any_of(options_.listening, [&](const Address& a) { return a.family() == asked_at.family(); });
  return {knock_source(asked_at, options_.knock_from, named ? options_.listening : own_global_addresses()), request.remote.address};
}

void Api::knock(const http::Request& request, const std::shared_ptr<http::Exchange>& exchange) {
  const auto refuse = [&](const Problem& p, std::optional<seconds> retry = {}) { exchange->respond(problem(Question::knock, p, retry)); };
  const auto asked = parse_knock_request(request.body);
  if (!asked) return refuse({400, "malformed", "Malformed request", asked.error().what});
  const auto caller = caller_from(request.remote.address);
  auto slots = slots_.take(caller, asked->knocks.size());
  if (!slots && slots_.has_any(caller))
    return refuse({429, "too-many-knocks", "Too many knocks under way", "no more can be made while yours are under way"}, seconds{1});
  if (!slots)
    return refuse({503, "busy", "Too few knock slots are free", "try again in a few seconds, or with fewer knocks"}, seconds{2});
  auto opened = open_knocks(*asked, path(request), random_);
  if (opened.knockers.empty())
    return refuse({503, "unable", "The vantage point cannot knock", opened.unable.front().reason});
  for (auto& unneeded [[maybe_unused]] : opened.unable) slots->give_back_one();
  counters_.request(Question::knock, 200);
  run_knocks(io_, std::move(opened), asked->timeout, std::move(*slots), counters_, faults_, exchange);
}

}  // namespace ringback::vantage
