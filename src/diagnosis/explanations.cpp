#include "diagnosis/explanations.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "diagnosis/codes.hpp"
#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis {
namespace {

using PagesOf = std::vector<Explanation> (*)();
constexpr std::array<PagesOf, 16> pages_of{pages::of_internet,        pages::of_ipv4,          pages::of_ipv6,      pages::of_addresses,
                                           pages::of_missing_records, pages::of_wrong_records, pages::of_zones,     pages::of_resolvers,
                                           pages::of_signatures,      pages::of_the_way_here,  pages::of_this_host, pages::of_answers,
                                           pages::of_routers,         pages::of_exposure,      pages::of_host,      pages::of_measurement};

}  // namespace

std::vector<Explanation> explanations() {
  std::vector<Explanation> all, in_order;
  for (const auto of : pages_of) std::ranges::move(of(), std::back_inserter(all));
  for (const auto& code : codes()) {
    const auto page = std::ranges::find(all, code.code, &Explanation::code);
    if (page == all.end()) throw std::logic_error("no page for the code " + std::string(code.code));
    in_order.push_back(std::move(*page));
    all.erase(page);
  }
  if (!all.empty()) throw std::logic_error("a page for no code: " + std::string(all.front().code));
  return in_order;
}

std::vector<Group> groups() {
  return {{"internet", "The connection as a whole"},
          {"ipv4", "IPv4, as the line has it"},
          {"ipv6", "IPv6, as the line has it"},
          {"address", "This host's own addresses"},
          {"dns", "Names and what they lead to"},
          {"inbound", "Where an incoming connection stops"},
          {"router", "What the home router says"},
          {"exposure", "What is open although nobody asked for it"},
          {"host", "This host itself"},
          {"measure", "What could not be measured"}};
}

std::string_view group_of(std::string_view code) { return code.substr(0, code.find('.')); }

}  // namespace ringback::diagnosis
