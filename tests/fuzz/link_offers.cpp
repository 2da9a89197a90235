/// What routers and DHCP servers of a link say: whatever the octets are, nothing crashes, and lists and texts stay within their bounds.
#include <cstdlib>

#include "wire/dhcpv4.hpp"
#include "wire/dhcpv6.hpp"
#include "wire/printable.hpp"
#include "wire/router_advertisement.hpp"

using namespace ringback::wire;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_printable(const std::string& text) { return printable(text, text.size()) == text; }

template <class Parsed>
void check_error(const Parsed& parsed) {
  if (!parsed) require(!parsed.error().what.empty() && is_printable(parsed.error().what));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto advertisement = parse_router_advertisement(bytes);
  check_error(advertisement);
  if (advertisement) {
    require(advertisement->prefixes.size() <= 16 && advertisement->routes.size() <= 16 && advertisement->resolvers.size() <= 16);
    for (const auto& nat64 : advertisement->nat64) require(nat64.prefix.length() >= 32 && nat64.lifetime_s <= 65528);
    require(!advertisement->captive_portal || is_printable(*advertisement->captive_portal));
  }
  const auto acknowledgement = dhcpv4::parse_acknowledgement(bytes);
  check_error(acknowledgement);
  if (acknowledgement) require(acknowledgement->pcp_servers.size() <= 16 && acknowledgement->resolvers.size() <= 16);
  const auto reply = dhcpv6::parse_reply(bytes);
  check_error(reply);
  if (reply) require(!reply->aftr_name || (reply->aftr_name->size() <= 253 && is_printable(*reply->aftr_name)));
  return 0;
}
