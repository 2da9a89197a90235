/// DNSSEC proofs from the network: whatever the octets are, nothing crashes, the work stays bounded, and without the root's key nothing is proven.
/// The input is a list of messages, each with two octets of length before it; the first one's question is the one that is judged.
/// Seed corpus: fixtures/wire/dnssec/*.messages.
#include "wire/dnssec.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace ringback;
using namespace ringback::wire;

namespace {

void require_that(bool holds) {
  if (!holds) std::abort();
}

// The root of the seeds, so that validation goes the whole way.
const std::vector<std::string>& fuzz_anchors() {
  static const std::vector<std::string> anchors = [] {
    std::ifstream file(RINGBACK_FIXTURES "/wire/dnssec/root.ds");
    const auto read = dns::read_anchors(std::string{std::istreambuf_iterator<char>(file), {}});
    require_that(read.size() == 1);
    return read;
  }();
  return anchors;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<Bytes> messages;
  for (Reader reader(std::as_bytes(std::span(data, size))); reader.left() > 1 && messages.size() < 256;) {
    const auto message = reader.bytes(std::min<std::size_t>(reader.u16(), reader.left()));
    messages.emplace_back(message.begin(), message.end());
  }
  if (messages.empty()) return 0;
  (void)dns::holds_signatures(messages.front());
  const auto first = dns::decode(messages.front());
  if (!first || first->question_name.empty()) return 0;
  const auto now = Moment::parse("2026-01-31T12:00:00Z").value();
  for (const auto type : {dns::Type::a, dns::Type::aaaa, static_cast<dns::Type>(first->question_type)}) {
    const dns::Question question{first->question_name, type};
    const auto verdict = dns::validate(question, messages, fuzz_anchors(), now);
    require_that((verdict.security == dns::Security::secure) == (verdict.reason == dns::SecurityReason::fits));
    require_that(verdict.addresses.empty() || verdict.security == dns::Security::secure);
    require_that(dns::validate(question, messages, {}, now).security == dns::Security::indeterminate);
    unsigned pieces = 0;   // whatever is left when the time runs out, nothing is bogus for it
    const auto more_time = [&] { return pieces++ < size % 16; };
    const auto in_part = dns::validate_each(std::span(&question, 1), messages, fuzz_anchors(), now, more_time);
    require_that(in_part.front().reason == verdict.reason || in_part.front().reason == dns::SecurityReason::not_checked);
    for (const char c : verdict.record + verdict.zone) require_that(c >= 0x20 && c < 0x7f);
  }
  const std::string text(reinterpret_cast<const char*>(data), size);
  require_that(dns::read_anchors(text).size() <= 8);
  return 0;
}
