#include "wire/dns.hpp"

#include <ldns/ldns.h>

#include <cstdlib>
#include <memory>

#include "support/catch.hpp"
#include "wire/address.hpp"
#include "wire/dns_answer.hpp"
#include "wire/dns_builder.hpp"

using namespace ringback;
using namespace ringback::wire::dns;
using test::address;
using test::DnsMessage;
using test::labels;
using test::pointer;
using Catch::Contains;
using wire::Writer;

namespace {

Query query_for(const char* name, Type type = Type::a) { return {.id = 0x1234, .question = {name, type}}; }

}  // namespace

TEST_CASE("names are made absolute and lower-case") {
  CHECK(absolute_name("Home.Example.ORG").value() == "home.example.org.");
  CHECK(absolute_name("home.example.org.").value() == "home.example.org.");
  CHECK(absolute_name("_acme-challenge.x1.example.").value() == "_acme-challenge.x1.example.");
  CHECK(absolute_name(".").value() == ".");
}

TEST_CASE("international names are taken as people and their keyboards write them") {
  struct Row {
    const char* what;
    const char* written;
    const char* absolute;
  };
  const Row rows[] = {
      {"plain", "b\xc3\xbc" "cher.example", "xn--bcher-kva.example."},
      {"in capitals", "B\xc3\x9c" "CHER.Example", "xn--bcher-kva.example."},
      {"decomposed, as macOS keeps names of files", "bu\xcc\x88" "cher.example", "xn--bcher-kva.example."},
      {"decomposed and in capitals", "BU\xcc\x88" "CHER.EXAMPLE", "xn--bcher-kva.example."},
      {"with the full stop of a Japanese keyboard", "b\xc3\xbc" "cher\xe3\x80\x82" "example", "xn--bcher-kva.example."},
      {"of ASCII but for that full stop", "home\xe3\x80\x82" "example", "home.example."},
      {"wide letters of such a keyboard", "\xef\xbd\x88" "ome.example", "home.example."},
      {"with the dot of the root", "b\xc3\xbc" "cher.example.", "xn--bcher-kva.example."},
      {"a sharp s, which is a letter of its own", "stra\xc3\x9f" "e.example", "xn--strae-oqa.example."},
      {"and not the same as two", "strasse.example", "strasse.example."},
      {"already in ASCII", "XN--bcher-kva.example", "xn--bcher-kva.example."},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(absolute_name(row.written).value_or("none") == row.absolute);
  }
}

TEST_CASE("a name that cannot be asked for is refused with what is wrong about it") {
  const std::string label(63, 'a'), long_label(64, 'a');
  const auto longest = label + "." + label + "." + label + "." + std::string(61, 'b');  // 255 octets on the wire
  CHECK(absolute_name(longest).has_value());
  struct Row {
    std::string name;
    const char* why;
  };
  const Row rows[] = {{"", "empty"},
                      {"..", "empty label"},
                      {".example.org", "empty label"},
                      {"a..example.org", "empty label"},
                      {"a.example.org..", "empty label"},
                      {long_label + ".org", "63"},
                      {longest + "b", "253 is the most"},
                      {"b\xc3(cher.example", "internationalised"},
                      {"two words.example", "character ' '"},
                      {"a\\.b.example", "character '\\'"},
                      {std::string("nul\0.example", 12), "character '?'"},
                      {"http://example.org", "character ':'"}};
  for (const auto& row : rows) {
    INFO(row.name);
    const auto name = absolute_name(row.name);
    REQUIRE_FALSE(name);
    CHECK(name.error().code == Errc::invalid_input);
    CHECK_THAT(name.error().what, Contains(row.why));
  }
}

TEST_CASE("a name lies within itself and its parents") {
  CHECK(enclosing_names("a.b.c.") == std::vector<std::string>{"a.b.c.", "b.c.", "c."});
  CHECK(enclosing_names(".").empty());
  CHECK(enclosing_names("no-dot") == std::vector<std::string>{"no-dot"});
  CHECK(is_within("a.b.", "b."));
  CHECK(is_within("b.", "b."));
  CHECK(is_within("b.", "."));
  CHECK_FALSE(is_within("ab.", "b."));
  CHECK_FALSE(is_within("b.", "a.b."));
}

TEST_CASE("a query is encoded as RFC 1035 and RFC 6891 draw it") {
  auto query = query_for("www.example.org.", Type::aaaa);
  const auto bytes = encode(query).value();
  const auto expected = DnsMessage(0x1234, DnsMessage::rd).question("www.example.org.", 28).opt().bytes();
  CHECK(bytes == expected);

  query.edns = false;
  query.recursion_desired = false;
  query.checking_disabled = true;
  query.want_authentic = true;
  CHECK(encode(query).value() == DnsMessage(0x1234, DnsMessage::cd | DnsMessage::ad).question("www.example.org.", 28).bytes());

  query = query_for("www.example.org.");
  query.dnssec_ok = true;
  const auto with_do = encode(query).value();
  const auto flags = with_do.size() - 4;  // the OPT record ends with its flags and an empty list of options
  CHECK((with_do[flags] & std::byte{0x80}) != std::byte{0});
}

TEST_CASE("a name that ldns cannot encode is an error, not a query for something else") {
  CHECK_FALSE(encode(query_for("a..b.")));
  CHECK_FALSE(encode(query_for((std::string(64, 'x') + ".").c_str())));
}

TEST_CASE("an answer is read: flags, records of each section, compressed names, the extended error") {
  const auto bytes = DnsMessage(7, DnsMessage::qr | DnsMessage::aa | DnsMessage::ad | DnsMessage::ra, 3)
                         .question("WWW.Example.org.", 1)
                         .record(DnsMessage::in_answer, pointer(12), 5, 60, Writer().u8(3).text("Web").bytes(pointer(16)).take())
                         .address("web.example.org.", "192.0.2.1", 0x80000001)
                         .address("web.example.org.", "2001:db8::1", 20)
                         .record(DnsMessage::in_answer, pointer(12), 46, 60, Writer().zeros(40).take())  // RRSIG: left out
                         .ns("example.org.", "ns1.example.org.", DnsMessage::in_authority)
                         .soa("example.org.", 42)
                         .address("ns1.example.org.", "192.0.2.53", 300, DnsMessage::in_additional)
                         .extended_error(18)
                         .bytes();
  const auto m = decode(bytes).value();
  CHECK(m.id == 7);
  CHECK((m.response && m.authoritative && m.authentic && m.recursion_available));
  CHECK_FALSE(m.truncated);
  CHECK(rcode_name(m.rcode) == "NXDOMAIN");
  CHECK(m.question_name == "www.example.org.");
  REQUIRE(m.answer.size() == 3);
  CHECK(m.answer[0] == Record{"www.example.org.", Type::cname, 60, std::string("web.example.org.")});
  CHECK(m.answer[1] == Record{"web.example.org.", Type::a, 0, address("192.0.2.1")});
  CHECK(m.answer[2] == Record{"web.example.org.", Type::aaaa, 20, address("2001:db8::1")});
  REQUIRE(m.authority.size() == 2);
  CHECK(m.authority[1].data == decltype(Record::data)(Soa{"ns1.example.", 42, 30}));
  CHECK(m.additional.size() == 1);
  CHECK(m.extended_error == 18);
}

TEST_CASE("the upper bits of the response code come from the OPT record") {
  CHECK(decode(DnsMessage(1).question("a.", 1).opt({}, 1).bytes()).value().rcode == 16);
  CHECK(rcode_name(16) == "BADVERS");
  CHECK(rcode_name(5) == "REFUSED");
  CHECK(rcode_name(3841) == "RCODE3841");
}

TEST_CASE("broken options of an OPT record are left alone") {
  const auto cut = DnsMessage(1).question("a.", 1).opt(Writer().u16(15).u16(200).u16(6).take()).bytes();
  CHECK_FALSE(decode(cut).value().extended_error);
  const auto later = DnsMessage(1).question("a.", 1).opt(Writer().u16(10).u16(1).u8(0).u16(15).u16(4).u16(6).text("ab").take()).bytes();
  CHECK(decode(later).value().extended_error == 6);
}

TEST_CASE("hostile messages are refused, whatever their header claims") {
  struct Row {
    const char* what;
    wire::Bytes bytes;
    Errc code;
  };
  DnsMessage thousand(1);
  thousand.question("a.", 1);
  for (int i = 0; i < 1000; ++i) thousand.record(DnsMessage::in_answer, pointer(12), 1, 1, Writer().u32(0x01020304).take());
  const auto loop = pointer(12);
  const Row rows[] = {
      {"nothing", {}, Errc::malformed},
      {"half a header", Writer().zeros(11).take(), Errc::malformed},
      {"a question's name that points at itself", DnsMessage(1).question(loop, 1).bytes(), Errc::malformed},
      {"two pointers that point at each other",
       DnsMessage(1).question(Writer().bytes(pointer(14)).bytes(pointer(12)).take(), 1).bytes(), Errc::malformed},
      {"a pointer beyond the end", DnsMessage(1).question(pointer(0x3fff), 1).bytes(), Errc::malformed},
      {"a label that runs beyond the end", DnsMessage(1).raw(Writer().u8(63).text("abc").take()).claim(DnsMessage::in_answer, 1).bytes(),
       Errc::malformed},
      {"a label type of the past (RFC 2673)", DnsMessage(1).question(Writer().u8(0x41).u8(0).take(), 1).bytes(), Errc::malformed},
      {"two questions", DnsMessage(1).question("a.", 1).question("b.", 1).bytes(), Errc::malformed},
      {"records that are not there", DnsMessage(1).question("a.", 1).claim(DnsMessage::in_answer, 2).bytes(), Errc::malformed},
      {"an address of three octets",
       DnsMessage(1).question("a.", 1).record(DnsMessage::in_answer, pointer(12), 1, 1, Writer().zeros(3).take()).bytes(), Errc::malformed},
      {"two OPT records", DnsMessage(1).question("a.", 1).opt().opt().bytes(), Errc::malformed},
      {"a thousand records", thousand.bytes(), Errc::exhausted},
      {"a claim of sixty thousand records", DnsMessage(1).question("a.", 1).claim(DnsMessage::in_additional, 60000).bytes(), Errc::exhausted},
      {"more octets than a pointer reaches", DnsMessage(1).question("a.", 1).raw(Writer().zeros(16 * 1024).take()).bytes(), Errc::exhausted},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto message = decode(row.bytes);
    REQUIRE_FALSE(message);
    CHECK(message.error().code == row.code);
  }
}

TEST_CASE("a name as long as names get is read; one octet more is not") {
  Writer name;
  for (int i = 0; i < 63; ++i) name.u8(3).text("abc");  // 252 octets
  auto most = name;
  CHECK(decode(DnsMessage(1).question(most.u8(1).text("d").u8(0).take(), 1).bytes()));
  CHECK_FALSE(decode(DnsMessage(1).question(name.u8(2).text("de").u8(0).take(), 1).bytes()));
}

TEST_CASE("what is not printable in a name is escaped") {
  const auto bytes = DnsMessage(1).question(Writer().u8(4).text("a\x01.\xff").u8(0).take(), 1).bytes();
  CHECK(decode(bytes).value().question_name == "a\\001\\.\\255.");
}

TEST_CASE("every octet of a name is written as ldns writes it") {
  for (unsigned octet = 0; octet < 256; ++octet) {
    INFO(octet);
    const auto name = Writer().u8(2).u8(static_cast<std::uint8_t>(octet)).text("b").u8(1).text("c").u8(0).take();
    const std::unique_ptr<ldns_rdf, decltype(&ldns_rdf_deep_free)> raw(ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name.size(), name.data()), &ldns_rdf_deep_free);
    ldns_dname2canonical(raw.get());   // lower case
    const std::unique_ptr<char, decltype(&std::free)> text(ldns_rdf2str(raw.get()), &std::free);
    CHECK(decode(DnsMessage(1).question(name, 1).bytes()).value().question_name == text.get());
  }
}

TEST_CASE("a record without all of its data is left out") {
  const auto bytes = DnsMessage(1).question("a.", 1).record(DnsMessage::in_authority, pointer(12), 6, 1, labels("b.")).bytes();
  CHECK(decode(bytes).value().authority.empty());
  CHECK(decode(DnsMessage(1).question("a.", 1).record(DnsMessage::in_answer, pointer(12), 1, 1, {}).bytes()).value().answer.empty());
}

TEST_CASE("a truncated answer is known as one even where its last record is cut in two") {
  auto bytes = DnsMessage(9, DnsMessage::qr | DnsMessage::tc).question("a.", 1).address("a.", "192.0.2.1").bytes();
  bytes.resize(bytes.size() - 2);
  const auto m = decode(bytes).value();
  CHECK(m.truncated);
  CHECK(m.question_name == "a.");
  CHECK(m.answer.empty());
}

TEST_CASE("octets after the last record do no harm") {
  CHECK(decode(DnsMessage(1).question("a.", 1).raw(Writer().zeros(5).take()).bytes()));
}

TEST_CASE("only an answer to the very question is believed") {
  const auto query = query_for("www.example.org.");
  const auto from = [&](const DnsMessage& m) { return mismatch(query, decode(m.bytes()).value()); };
  CHECK_FALSE(from(DnsMessage(0x1234).question("wWw.eXample.ORG.", 1)));
  CHECK_THAT(from(DnsMessage(0x1234, DnsMessage::rd).question("www.example.org.", 1)).value(), Contains("not an answer"));
  CHECK_THAT(from(DnsMessage(0x1235).question("www.example.org.", 1)).value(), Contains("0x1235"));
  CHECK_THAT(from(DnsMessage(0x1234).question("www.example.com.", 1)).value(), Contains("www.example.com."));
  CHECK_THAT(from(DnsMessage(0x1234).question("www.example.org.", 28)).value(), Contains("type 28"));
  CHECK_THAT(from(DnsMessage(0x1234)).value(), Contains("no question"));
  CHECK_THAT(from(DnsMessage(0x1234, DnsMessage::qr | 0x2800).question("www.example.org.", 1)).value(), Contains("opcode"));
  CHECK_FALSE(from(DnsMessage(0x1234, DnsMessage::qr, 1)));  // FORMERR repeats no question
}

TEST_CASE("a chain of aliases is followed inside the answer, in whatever order it stands there") {
  const auto m = decode(DnsMessage(1)
                            .question("www.example.org.", 1)
                            .address("host.example.net.", "192.0.2.7", 50)
                            .cname("alias.example.org.", "host.example.net.", 70)
                            .cname("www.example.org.", "alias.example.org.", 90)
                            .bytes())
                     .value();
  const auto r = follow(m, {"www.example.org.", Type::a});
  CHECK(r.chain == std::vector<std::string>{"alias.example.org.", "host.example.net."});
  CHECK(r.addresses == std::vector{address("192.0.2.7")});
  CHECK(r.ttl_s == 50);
}

TEST_CASE("records that nobody asked for are not taken for the answer") {
  const auto m = decode(DnsMessage(1)
                            .question("www.example.org.", 1)
                            .address("evil.example.", "192.0.2.66")
                            .address("www.example.org.", "192.0.2.1")
                            .address("www.example.org.", "192.0.2.1")
                            .address("www.example.org.", "2001:db8::66")
                            .cname("other.example.org.", "evil.example.")
                            .bytes())
                     .value();
  CHECK(follow(m, {"www.example.org.", Type::a}).addresses == std::vector{address("192.0.2.1")});
  CHECK(follow(m, {"unasked.example.org.", Type::a}) == Resolution{});
}

TEST_CASE("a loop of aliases ends") {
  const auto m = decode(DnsMessage(1).question("a.", 1).cname("a.", "b.").cname("b.", "c.").cname("c.", "b.").bytes()).value();
  CHECK(follow(m, {"a.", Type::a}).addresses.empty());
  DnsMessage endless(1);
  endless.question("n0.", 1);
  for (int i = 0; i < 200; ++i) endless.cname("n" + std::to_string(i) + ".", "n" + std::to_string(i + 1) + ".");
  CHECK(follow(decode(endless.bytes()).value(), {"n0.", Type::a}).chain.size() == 16);
}

TEST_CASE("a referral names the servers of a zone that lies between, and nothing else does") {
  struct Row {
    const char* owner;
    unsigned flags;
    bool is_referral;
  };
  const Row rows[] = {{"example.org.", DnsMessage::qr, true},
                      {"org.", DnsMessage::qr, false},            // upwards: the server is lame
                      {"example.org.", DnsMessage::qr | DnsMessage::aa, false},
                      {"example.net.", DnsMessage::qr, false}};
  for (const auto& row : rows) {
    INFO(row.owner);
    const auto m = decode(DnsMessage(1, row.flags).question("www.example.org.", 1).ns(row.owner, "ns1.example.org.", DnsMessage::in_authority).bytes());
    CHECK(referral(m.value(), "www.example.org.", "org.").has_value() == row.is_referral);
  }
}
