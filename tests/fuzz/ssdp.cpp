/// SSDP answers from whoever is on the link: whatever the octets are, nothing crashes, and a location that is believed is a plain URL.
#include "wire/ssdp.hpp"

#include <cstdlib>

#include "wire/igd_url.hpp"
#include "wire/printable.hpp"

using namespace ringback::wire;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_printable(const std::string& text) { require(!text.empty() && printable(text, text.size()) == text); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto answer = ssdp::parse_answer(std::as_bytes(std::span(data, size)));
  if (!answer) {
    require_printable(answer.error().what);
    return 0;
  }
  require(!answer->search_target.empty() && !answer->location.empty());
  require(answer->search_target.size() <= 1024 && answer->location.size() <= 1024 && answer->server.size() <= 1024);
  const auto url = igd::parse_url(answer->location);
  if (!url) {
    require_printable(url.error().what);
    return 0;
  }
  require_printable(url->to_string());
  const auto again = igd::parse_url(url->to_string());
  // Writing the port may make the longest ones too long to be read again.
  require(again ? *again == *url : url->to_string().size() > 1024);
  return 0;
}
