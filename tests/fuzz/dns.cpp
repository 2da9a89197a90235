/// DNS answers from the network: whatever the octets are, nothing crashes, and what is read keeps its bounds.
#include "wire/dns.hpp"

#include <cstdlib>

#include "wire/dns_answer.hpp"
#include "wire/dns_nat64.hpp"

using namespace ringback;
using namespace ringback::wire;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// Names go into reports: ASCII, absolute, no longer than 255 octets with each escaped as "\DDD".
void check_name(const std::string& name) {
  require(!name.empty() && name.back() == '.' && name.size() <= 4 * 255);
  for (const char c : name) require(c >= 0x20 && c < 0x7f && !(c >= 'A' && c <= 'Z'));
}

void check_records(const std::vector<dns::Record>& records) {
  require(records.size() <= dns::most_records);
  std::size_t text = 0;
  for (const auto& record : records) {
    check_name(record.owner);
    require(record.ttl_s < 0x80000000U);
    const auto* name = std::get_if<std::string>(&record.data);
    if (name) check_name(*name);
    text += record.owner.size() + (name ? name->size() : 0);
  }
  require(text <= dns::most_name_text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = dns::decode(std::as_bytes(std::span(data, size)));
  if (!message) {
    require(!message.error().what.empty());
    return 0;
  }
  check_records(message->answer);
  check_records(message->authority);
  check_records(message->additional);
  if (message->question_name.empty()) return 0;
  check_name(message->question_name);
  for (const auto type : {dns::Type::a, dns::Type::aaaa, dns::Type::ns, dns::Type::cname, dns::Type::soa}) {
    const dns::Question question{message->question_name, type};
    const auto resolution = dns::follow(*message, question);
    require(resolution.chain.size() <= 16 && resolution.servers.size() <= dns::most_servers_told);
    const auto kept = dns::essence(*message, question);
    require(dns::follow(kept, question).chain == resolution.chain && kept.answer.empty() == message->answer.empty());
    dns::nat64_prefixes(resolution.addresses);
    for (const auto& zone : dns::enclosing_names(question.name))
      if (const auto found = dns::referral(*message, question.name, zone)) {
        require(dns::is_within(question.name, found->zone) && found->servers.size() <= dns::most_servers_told);
        require(dns::referral(kept, question.name, zone) == found);
      }

    // What was read as a name can be asked for again, and the query reads back as what was asked.
    const dns::Query query{.id = message->id, .question = question};
    const auto again = dns::encode(query).and_then([](const Bytes& bytes) { return dns::decode(bytes); });
    require(again && again->question_name == question.name && again->id == query.id);
    (void)dns::mismatch(query, *message);
  }
  return 0;
}
