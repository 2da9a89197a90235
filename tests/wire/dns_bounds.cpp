/// How much of a message is read and kept, and what a cookie makes of it.
#include <algorithm>

#include "support/catch.hpp"
#include "wire/dns_answer.hpp"
#include "wire/dns_builder.hpp"

using namespace ringback;
using namespace ringback::wire::dns;
using Catch::Contains;
using test::DnsMessage;
using test::labels;
using test::pointer;
using wire::Bytes;
using wire::Writer;

namespace {

/// 250 octets of what is not printable: a thousand characters as text.
Bytes long_name() {
  Writer name;
  for (const unsigned length : {63U, 63U, 63U, 56U}) {
    name.u8(static_cast<std::uint8_t>(length));
    for (unsigned i = 0; i < length; ++i) name.u8(0xff);
  }
  return name.u8(0).take();
}

std::string server_name(int i) { return "ns" + std::to_string(i / 10) + std::to_string(i % 10) + ".example.org."; }

}  // namespace

TEST_CASE("a few octets that make very long names are refused, whatever records they stand in") {
  for (const auto type : std::initializer_list<std::uint16_t>{1, 2, 46, 47, 16}) {
    INFO(type);
    DnsMessage message(1);
    message.question(long_name(), 1);
    const auto data = type == 1    ? Writer().u32(0x01020304).take()
                      : type == 2  ? pointer(12)
                      : type == 46 ? Writer().u16(1).u8(8).u8(4).u32(0).u32(0).u32(0).u16(1).bytes(pointer(12)).zeros(8).take()
                      : type == 47 ? Writer().bytes(pointer(12)).u8(0).u8(1).u8(0x40).take()
                                   : Writer().u8(1).text("x").take();
    for (int i = 0; i < 200; ++i) message.record(DnsMessage::in_answer, pointer(12), type, 1, data);
    const auto decoded = decode(message.bytes());
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().code == Errc::exhausted);
    CHECK_THAT(decoded.error().what, Contains("names"));
  }
}

TEST_CASE("what real servers send is far from that bound") {
  DnsMessage root(1, DnsMessage::qr);   // a referral of the root: thirteen servers with two addresses each
  root.question("www.example.org.", 1);
  for (char c = 'a'; c <= 'm'; ++c) root.ns("org.", std::string(1, c) + "0.org.afilias-nst.info.", DnsMessage::in_authority);
  for (char c = 'a'; c <= 'm'; ++c)
    for (const auto* address : {"192.0.2.1", "2001:db8::1"})
      root.address(std::string(1, c) + "0.org.afilias-nst.info.", address, 300, DnsMessage::in_additional);
  CHECK(decode(root.bytes()).value().additional.size() == 26);

  const std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(50, 'c') + ".example.org.";
  DnsMessage pool(1);                   // as many addresses of one long name as a message holds
  pool.question(longest, 1);
  for (int i = 0; i < 250; ++i) pool.record(DnsMessage::in_answer, pointer(12), 1, 1, Writer().u32(0x01020304).take());
  CHECK(decode(pool.bytes()).value().answer.size() == 250);
}

TEST_CASE("of very many servers the same ones are told whatever the order they come in") {
  const auto told = [](bool backwards) {
    DnsMessage answer(1), closer(1, DnsMessage::qr);
    answer.question("example.org.", 2);
    closer.question("www.example.org.", 1);
    for (int i = 0; i < 60; ++i) {
      answer.ns("example.org.", server_name(backwards ? 59 - i : i));
      closer.ns("example.org.", server_name(backwards ? 59 - i : i), DnsMessage::in_authority);
    }
    const auto servers = follow(decode(answer.bytes()).value(), {"example.org.", Type::ns}).servers;
    CHECK(referral(decode(closer.bytes()).value(), "www.example.org.", "org.").value().servers == servers);
    return servers;
  };
  const auto servers = told(false);
  CHECK(servers.size() == most_servers_told);
  CHECK(servers == told(true));
  CHECK(servers.front() == server_name(0));
}

TEST_CASE("what is kept of a message reads like the whole of it") {
  const Question question{"www.example.org.", Type::a}, zone{"example.org.", Type::ns};
  const auto whole = decode(DnsMessage(1)
                                .question("www.example.org.", 1)
                                .cname("www.example.org.", "host.example.org.")
                                .address("evil.example.", "192.0.2.66")
                                .address("host.example.org.", "192.0.2.1")
                                .address("host.example.org.", "192.0.2.2")
                                .soa("example.org.")
                                .ns("example.org.", "ns1.example.org.", DnsMessage::in_authority)
                                .address("ns1.example.org.", "192.0.2.53", 300, DnsMessage::in_additional)
                                .address("else.example.org.", "192.0.2.54", 300, DnsMessage::in_additional)
                                .bytes())
                         .value();
  const auto kept = essence(whole, question);
  CHECK(follow(kept, question).chain == follow(whole, question).chain);
  CHECK(kept.answer.size() == 2);       // the alias, and that there are addresses
  CHECK(kept.authority.size() == 1);
  CHECK(kept.additional.size() == 1);
  CHECK(addresses_beside(kept, "ns1.example.org.") == addresses_beside(whole, "ns1.example.org."));

  const auto own = decode(DnsMessage(1).question("example.org.", 2).ns("example.org.", "a.").ns("example.org.", "b.").bytes()).value();
  CHECK(follow(essence(own, zone), zone) == follow(own, zone));

  // Records that nobody asked for make an answer no referral, and so it stays.
  const auto odd = decode(DnsMessage(1, DnsMessage::qr)
                              .question("www.example.org.", 1)
                              .address("evil.example.", "192.0.2.66")
                              .ns("example.org.", "ns1.example.org.", DnsMessage::in_authority)
                              .bytes())
                       .value();
  CHECK_FALSE(referral(odd, "www.example.org.", "org."));
  CHECK_FALSE(referral(essence(odd, question), "www.example.org.", "org."));
}

TEST_CASE("a server that has given a cookie is believed with it alone") {
  const auto ours = Writer().u64(0x0102030405060708).take(), others = Writer().u64(0x1112131415161718).take();
  const auto both = Writer().bytes(ours).u64(0x2122232425262728).take();
  const auto with = [](DnsMessage message, const Bytes& cookie) {
    return message.opt(Writer().u16(10).u16(static_cast<std::uint16_t>(cookie.size())).bytes(cookie).take()).bytes();
  };
  const auto right = DnsMessage(7).question("www.example.org.", 1), refusal = DnsMessage(7, DnsMessage::qr, 1);
  const auto truncated = DnsMessage(7, DnsMessage::qr | DnsMessage::tc).question("www.example.org.", 1);
  struct Row {
    const char* what;
    Bytes sent, message;
    const char* why;   // empty: it is believed
  };
  const Row rows[] = {
      {"without cookies", {}, right.bytes(), ""},
      {"one that nobody sent", {}, with(right, others), ""},
      {"a server that has none", ours, right.bytes(), ""},
      {"a server that gives its own", ours, with(right, both), ""},
      {"of somebody else", ours, with(right, others), "not the one that was sent"},
      {"again", both, with(right, both), ""},
      {"it has given one, and there is none", both, right.bytes(), "no cookie"},
      {"one of a length that none has", both, with(right, Writer().bytes(ours).u8(1).take()), "no cookie"},
      {"a refusal without a question", ours, refusal.bytes(), ""},
      {"the same with another cookie", ours, with(refusal, others), "not the one that was sent"},
      {"the same without the server's", both, refusal.bytes(), "no cookie"},
      {"truncated: nothing of it is believed", both, truncated.bytes(), ""},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const Query query{.id = 7, .question = {"www.example.org.", Type::a}, .cookie = row.sent};
    const auto message = decode(row.message).value();
    const auto why = mismatch(query, message);
    CHECK(why.has_value() == (*row.why != '\0'));
    if (why) CHECK_THAT(*why, Contains(row.why));
    CHECK(lacks_cookie(query, message) == (std::string_view(row.why) == "no cookie"));
  }
}
