/// DNSSEC validation of what a real NSD answers for zones that ldns-signzone signed; fixtures/wire/dnssec/record says what each zone is.
#include "wire/dnssec.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "support/fixture.hpp"

using namespace ringback;
using namespace ringback::wire;
using namespace ringback::wire::dns;

namespace {

Moment when(const char* text) { return Moment::parse(text).value(); }
const auto in_time = when("2026-01-31T12:00:00Z");   // all is signed from January 1 until March 1, where nothing else is said

std::vector<Bytes> recorded(const std::string& name) {
  const auto all = test::fixture_bytes("wire/dnssec/" + name + ".messages");
  std::vector<Bytes> result;
  for (Reader reader(all); reader.left() > 0;) {
    const auto message = reader.bytes(reader.u16());
    REQUIRE(reader.ok());
    result.emplace_back(message.begin(), message.end());
  }
  return result;
}

std::vector<std::string> root_key() { return read_anchors(test::fixture_text("wire/dnssec/root.key")); }

Judgement judged(const Question& question, const std::vector<Bytes>& messages, Moment now = in_time) {
  return validate(question, messages, root_key(), now);
}

std::string said(const Judgement& j) {
  return std::string(to_string(j.security)) + " " + std::string(to_string(j.reason)) + ", " + j.zone + ": " + j.record;
}

std::string type_name(std::uint16_t type) { return type == 43 ? "DS" : type == 48 ? "DNSKEY" : type == 28 ? "AAAA" : "A"; }

/// "org. DS": the question that a message answers.
std::string question_of(const Bytes& message) {
  const auto m = decode(message).value();
  return m.question_name + " " + type_name(m.question_type);
}

Bytes& answer_to(std::vector<Bytes>& messages, const std::string& question) {
  const auto found = std::ranges::find(messages, question, question_of);
  REQUIRE(found != messages.end());
  return *found;
}

/// Each octet string `from` in it becomes `to`, of the same length.
void replace(Bytes& in, const Bytes& from, const Bytes& to) {
  auto at = std::ranges::search(in, from);
  REQUIRE_FALSE(at.empty());
  std::ranges::copy(to, at.begin());
}

/// The answer's records alone, or the header alone: as if the rest had never been sent.
void keep_only_question(Bytes& message) {
  for (std::size_t i = 6; i < 12; ++i) message[i] = {};
}

}  // namespace

TEST_CASE("what signatures prove of a name, zone by zone") {
  struct Row {
    const char* file;
    const char* name;
    Type type;
    const char* expected;
  };
  const Row rows[] = {
      {"good-a", "home.good.org.", Type::a, "secure fits, good.org.: home.good.org. A"},
      {"good-aaaa", "home.good.org.", Type::aaaa, "secure fits, good.org.: home.good.org. AAAA"},
      {"good-nodata", "mail.good.org.", Type::aaaa, "secure fits, good.org.: mail.good.org. AAAA"},
      {"good-apex-nodata", "good.org.", Type::a, "secure fits, good.org.: good.org. A"},
      {"good-nxdomain", "no.good.org.", Type::a, "secure fits, good.org.: no.good.org. A"},
      {"good-empty", "er.empty.good.org.", Type::a, "secure fits, good.org.: er.empty.good.org. A"},
      {"good-wildcard", "any.wild.good.org.", Type::a, "secure fits, good.org.: any.wild.good.org. A"},
      {"good-wildcard-nodata", "any.wild.good.org.", Type::aaaa, "secure fits, good.org.: any.wild.good.org. AAAA"},
      {"good-alias", "alias.good.org.", Type::a, "secure fits, good.org.: home.good.org. A"},
      {"good-alias-far", "far.good.org.", Type::a, "secure fits, hashed.org.: home.hashed.org. A"},
      {"good-alias-unsigned", "farther.good.org.", Type::a, "insecure no-ds, plain.org.: plain.org. DS"},
      {"good-dname", "home.self.good.org.", Type::a, "secure fits, good.org.: home.elsewhere.good.org. A"},
      {"good-unsigned-below", "home.free.good.org.", Type::a, "insecure no-ds, free.good.org.: free.good.org. DS"},
      {"hashed-a", "home.hashed.org.", Type::a, "secure fits, hashed.org.: home.hashed.org. A"},
      {"hashed-nodata", "home.hashed.org.", Type{16}, "secure fits, hashed.org.: home.hashed.org. TXT"},
      {"hashed-nxdomain", "no.hashed.org.", Type::a, "secure fits, hashed.org.: no.hashed.org. A"},
      {"hashed-empty", "er.empty.hashed.org.", Type::a, "secure fits, hashed.org.: er.empty.hashed.org. A"},
      {"hashed-wildcard", "any.wild.hashed.org.", Type::a, "secure fits, hashed.org.: any.wild.hashed.org. A"},
      {"hashed-wildcard-nodata", "any.wild.hashed.org.", Type::aaaa, "secure fits, hashed.org.: any.wild.hashed.org. AAAA"},
      {"hashed-alias", "alias.hashed.org.", Type::aaaa, "secure fits, hashed.org.: home.hashed.org. AAAA"},
      {"hashed-unsigned-below", "home.free.hashed.org.", Type::a, "insecure no-ds, free.hashed.org.: free.hashed.org. DS"},
      {"edwards", "home.edwards.org.", Type::a, "secure fits, edwards.org.: home.edwards.org. A"},
      {"rsa", "home.rsa.org.", Type::a, "secure fits, rsa.org.: home.rsa.org. A"},
      {"costly-a", "home.costly.org.", Type::a, "secure fits, costly.org.: home.costly.org. A"},
      {"costly-nxdomain", "no.costly.org.", Type::a, "insecure costly-denial, costly.org.: no.costly.org. A"},
      {"opt-out", "home.plain.org.", Type::a, "insecure no-ds, plain.org.: plain.org. DS"},
      {"no-ds", "home.plain.net.", Type::a, "insecure no-ds, plain.net.: plain.net. DS"},
      {"no-such-zone", "home.nowhere.org.", Type::a, "insecure no-ds, org.: home.nowhere.org. A"},   // opt-out leaves it open
      {"no-such-zone-net", "home.nowhere.net.", Type::a, "secure fits, net.: home.nowhere.net. A"},
      {"no-such-top", "home.nowhere.lan.", Type::a, "secure fits, .: home.nowhere.lan. A"},
      {"algorithm", "home.algorithm.org.", Type::a, "insecure unknown-algorithm, algorithm.org.: algorithm.org. DS"},
      {"wrong-ds", "home.wrong-ds.org.", Type::a, "bogus untrusted-key, wrong-ds.org.: wrong-ds.org. DNSKEY"},
      {"expired", "home.expired.org.", Type::aaaa, "bogus expired, expired.org.: expired.org. DNSKEY"},
      {"future", "home.future.org.", Type::a, "bogus not-yet-valid, future.org.: future.org. DNSKEY"},
      {"records-unsigned", "home.records-unsigned.org.", Type::a, "bogus no-signature, records-unsigned.org.: home.records-unsigned.org. A"},
      {"keys-unsigned", "home.keys-unsigned.org.", Type::a, "bogus no-signature, keys-unsigned.org.: keys-unsigned.org. DNSKEY"},
      {"denial-unsigned", "no.denial-unsigned.org.", Type::a, "bogus no-signature, denial-unsigned.org.: home.denial-unsigned.org. NSEC"},
      {"denial-missing", "no.denial-missing.org.", Type::a, "bogus unproven-denial, denial-missing.org.: no.denial-missing.org. A"},
      {"unsigned-by-mistake", "home.unsigned-by-mistake.org.", Type::a, "bogus untrusted-key, unsigned-by-mistake.org.: unsigned-by-mistake.org. DNSKEY"},
  };
  for (const auto& row : rows) {
    INFO(row.file);
    CHECK(said(judged({row.name, row.type}, recorded(row.file))) == row.expected);
  }
}

TEST_CASE("an answer that somebody changed on the way is bogus, and what somebody withheld is not proven") {
  const auto address = Writer().address(Address::parse("192.0.2.1").value()).take();
  const auto other = Writer().address(Address::parse("192.0.2.66").value()).take();
  struct Row {
    const char* what;
    const char* file;
    Question question;
    std::function<void(std::vector<Bytes>&)> change;
    const char* expected;
  };
  const Question home{"home.good.org.", Type::a}, none{"no.good.org.", Type::a}, hashed{"no.hashed.org.", Type::a};
  const auto rcode = [](const char* of, unsigned code) {
    return [=](std::vector<Bytes>& all) { answer_to(all, of)[3] = (answer_to(all, of)[3] & std::byte{0xf0}) | std::byte{static_cast<std::uint8_t>(code)}; };
  };
  const auto without = [](const char* of) {
    return [=](std::vector<Bytes>& all) { std::erase_if(all, [&](const Bytes& message) { return question_of(message) == of; }); };
  };
  const auto emptied = [](const char* of) { return [=](std::vector<Bytes>& all) { keep_only_question(answer_to(all, of)); }; };
  const Question moved{"home.self.good.org.", Type::a};
  const auto made = Writer().u8(4).text("home").u8(9).text("elsewhere").take(), forged = Writer().u8(4).text("home").u8(9).text("nirgendwo").take();
  const auto target = Writer().u8(9).text("elsewhere").u8(4).text("good").take(), other_target = Writer().u8(9).text("nirgendwo").u8(4).text("good").take();
  const Row rows[] = {
      {"an alias that its DNAME record does not make", "good-dname", moved,
       [&](auto& all) { replace(answer_to(all, "home.self.good.org. A"), made, forged); }, "bogus no-signature, good.org.: home.self.good.org. CNAME"},
      {"a DNAME record that makes another alias", "good-dname", moved,
       [&](auto& all) { replace(answer_to(all, "home.self.good.org. A"), target, other_target); }, "bogus no-signature, good.org.: home.self.good.org. CNAME"},
      {"both of them changed", "good-dname", moved,
       [&](auto& all) {
         auto& message = answer_to(all, "home.self.good.org. A");
         replace(message, target, other_target);
         replace(message, made, forged);
       },
       "bogus wrong-signature, good.org.: self.good.org. DNAME"},
      {"another address", "good-a", home, [&](auto& all) { replace(answer_to(all, "home.good.org. A"), address, other); },
       "bogus wrong-signature, good.org.: home.good.org. A"},
      {"\"no such name\" for one that is there", "good-a", home, [&](auto& all) { rcode("home.good.org. A", 3)(all), emptied("home.good.org. A")(all); },
       "bogus unproven-denial, good.org.: home.good.org. A"},
      {"\"no such record\" in place of \"no such name\"", "good-nxdomain", none, rcode("no.good.org. A", 0), "bogus unproven-denial, good.org.: no.good.org. A"},
      {"the same with NSEC3", "hashed-nxdomain", hashed, rcode("no.hashed.org. A", 0), "bogus unproven-denial, hashed.org.: no.hashed.org. A"},
      {"the proof of another name", "good-nodata", {"home.good.org.", Type::a},
       [&](auto& all) {
         auto& message = answer_to(all, "mail.good.org. AAAA");
         replace(message, Writer().u8(4).text("mail").take(), Writer().u8(4).text("home").take());
         replace(message, Writer().u16(28).u16(1).take(), Writer().u16(1).u16(1).take());
       },
       "bogus wrong-signature, good.org.: home.good.org. NSEC"},
      {"the zone's keys withheld", "good-a", home, without("good.org. DNSKEY"), "indeterminate no-answer, good.org.: good.org. DNSKEY"},
      {"no keys, it says", "good-a", home, emptied("good.org. DNSKEY"), "bogus untrusted-key, good.org.: good.org. DNSKEY"},
      {"the DS record withheld", "good-a", home, without("good.org. DS"), "indeterminate no-answer, org.: good.org. DS"},
      {"no DS record, it says", "good-a", home, emptied("good.org. DS"), "bogus unproven-denial, org.: good.org. DS"},
      {"SERVFAIL for a DS record", "good-a", home, [&](auto& all) { emptied("good.org. DS")(all), rcode("good.org. DS", 2)(all); },
       "indeterminate no-answer, org.: good.org. DS"},
      {"the root's keys withheld", "good-a", home, without(". DNSKEY"), "indeterminate no-answer, .: . DNSKEY"},
      {"the answer withheld", "good-a", home, without("home.good.org. A"), "indeterminate no-answer, : home.good.org. A"},
      {"what is not signed is that whatever it answers", "no-ds", {"home.plain.net.", Type::a}, without("home.plain.net. A"),
       "insecure no-ds, plain.net.: plain.net. DS"},
      {"what lies between the zone and the name is not needed", "good-a", home, without("home.good.org. DS"), "secure fits, good.org.: home.good.org. A"},
      {"but without a signature it is", "records-unsigned", {"home.records-unsigned.org.", Type::a}, without("home.records-unsigned.org. DS"),
       "indeterminate no-answer, records-unsigned.org.: home.records-unsigned.org. DS"},
      {"the child's own \"no DS\" in place of its parent's", "good-a", home,
       [&](auto& all) {
         auto others = recorded("good-apex-nodata");
         auto& message = answer_to(all, "good.org. DS");
         message = answer_to(others, "good.org. A");
         replace(message, Writer().u16(1).u16(1).take(), Writer().u16(43).u16(1).take());
       },
       "indeterminate no-answer, org.: good.org. DS"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    auto messages = recorded(row.file);
    row.change(messages);
    CHECK(said(judged(row.question, messages)) == row.expected);
  }
}

TEST_CASE("signatures count in their time") {
  struct Row {
    const char* now;
    const char* expected;
  };
  const Row rows[] = {
      {"2025-12-31T23:59:59Z", "bogus not-yet-valid, .: . DNSKEY"},
      {"2026-01-01T00:00:00Z", "secure fits, good.org.: home.good.org. A"},
      {"2026-03-01T00:00:00Z", "secure fits, good.org.: home.good.org. A"},
      {"2026-03-01T00:00:01Z", "bogus expired, .: . DNSKEY"},
      {"1970-01-01T00:00:00Z", "bogus not-yet-valid, .: . DNSKEY"},   // a clock without battery
      {"2037-01-01T00:00:00Z", "bogus expired, .: . DNSKEY"},
  };
  for (const auto& row : rows) {
    INFO(row.now);
    CHECK(said(judged({"home.good.org.", Type::a}, recorded("good-a"), when(row.now))) == row.expected);
  }
}

TEST_CASE("when a signature ends, and that its zone's parents have signed since, is said") {
  const auto right = judged({"home.good.org.", Type::a}, recorded("good-a"));
  CHECK(right.signed_from == when("2026-01-01T00:00:00Z"));
  CHECK(right.signed_until == when("2026-03-01T00:00:00Z"));
  CHECK(right.newest_signature == when("2026-01-01T00:00:00Z"));
  const auto expired = judged({"home.expired.org.", Type::aaaa}, recorded("expired"));
  CHECK(expired.signed_from == when("2025-12-01T00:00:00Z"));
  CHECK(expired.signed_until == when("2026-01-15T00:00:00Z"));
  CHECK(expired.newest_signature == when("2026-01-01T00:00:00Z"));
  const auto future = judged({"home.future.org.", Type::a}, recorded("future"));
  CHECK(future.signed_from == when("2026-02-10T00:00:00Z"));
  CHECK(future.newest_signature == when("2026-02-10T00:00:00Z"));
  CHECK_FALSE(judged({"home.wrong-ds.org.", Type::a}, recorded("wrong-ds")).signed_until);
}

TEST_CASE("the anchor is the only thing that is believed without proof") {
  const Question home{"home.good.org.", Type::a};
  const auto messages = recorded("good-a");
  const auto by = [&](std::vector<std::string> anchors) { return said(validate(home, messages, anchors, in_time)); };
  CHECK(by({}) == "indeterminate no-anchor, .: . DNSKEY");
  CHECK(by(built_in_anchors()) == "indeterminate no-anchor, .: . DNSKEY");   // this root is not the internet's
  CHECK(by(read_anchors(test::fixture_text("wire/dnssec/root.ds"))) == "secure fits, good.org.: home.good.org. A");
  CHECK(by({"nonsense", ". IN DS 1", "org. IN DS 1 8 2 00"}) == "indeterminate no-anchor, .: . DNSKEY");
}

TEST_CASE("messages in which nothing is signed prove nothing against the name") {
  auto messages = recorded("good-a");
  for (auto& message : messages)
    for (std::size_t i = 0; i + 3 < message.size(); ++i)   // RRSIG records become records of a type that nobody knows
      if (message[i] == std::byte{0} && message[i + 1] == std::byte{46} && message[i + 2] == std::byte{0} && message[i + 3] == std::byte{1})
        message[i] = std::byte{0xff};
  CHECK(said(judged({"home.good.org.", Type::a}, messages)) == "indeterminate stripped, : home.good.org. A");
  CHECK_FALSE(holds_signatures(messages[0]));
  auto half = recorded("good-a");   // some forwarders leave out those of answers, and not those of proofs
  answer_to(half, ". DNSKEY") = answer_to(messages, ". DNSKEY");
  CHECK(said(judged({"home.good.org.", Type::a}, half)) == "indeterminate stripped, .: . DNSKEY");
  CHECK(holds_signatures(recorded("good-a")[0]));
  CHECK(said(judged({"home.good.org.", Type::a}, {})) == "indeterminate no-answer, : home.good.org. A");
}

TEST_CASE("a message counts whatever its place, and only the first one of a question") {
  const Question home{"home.good.org.", Type::a};
  auto messages = recorded("good-a");
  std::ranges::reverse(messages);
  CHECK(judged(home, messages).security == Security::secure);
  auto forged = answer_to(messages, "home.good.org. A");
  keep_only_question(forged);
  messages.push_back(forged);
  CHECK(judged(home, messages).security == Security::secure);
  for (auto& message : messages) std::ranges::transform(message, message.begin(), [](std::byte b) { return b; });
  messages.insert(messages.begin(), most_messages, Bytes(12));
  CHECK(judged(home, messages).reason == SecurityReason::no_answer);   // it is beyond what is looked at
}

TEST_CASE("trust anchors are read from the files of several programs") {
  const std::string ds = ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";
  const std::string key = ".\t172800\tIN\tDNSKEY\t257 3 8 AwEAAa96jeuknZlaeSrvyAJj6ZHv28hhOKkx3rLGXVaC6rXTsDc449/cidltpkyGwCJNnOAlFNKF2jBosZBU5eeHspaQWOmOElZs";
  struct Row {
    const char* what;
    std::string text;
    std::size_t count;
  };
  const Row rows[] = {
      {"nothing", "", 0},
      {"a DS record", ds + "\n", 1},
      {"without a last line feed, with comments", "; the root\n\n" + ds + " ; of 2017", 1},
      {"unbound: in force", key + " ;{id = 38696 (ksk), size = 2048b} ;;state=2 [  VALID  ] ;;count=0\n", 1},
      {"unbound: not yet", key + " ;{id = 38696 (ksk), size = 2048b} ;;state=1 [ ADDPEND ] ;;count=5\n", 0},
      {"unbound: revoked", key + " ;;state=4 [ REVOKED ]\n", 0},
      {"a revoked key", ". IN DNSKEY 385 3 8 AwEAAa96jeuk\n", 0},
      {"a key of another zone", "example.org. IN DS 1 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n", 0},
      {"BIND's form is another one", "trust-anchors { . initial-ds 20326 8 2 \"E06D\"; };\n", 0},
      {"garbage", "\x01\x02\xff . IN DS\n. IN DS 1 2\n. IN A 192.0.2.1\n", 0},
      {"more than anybody has", [&] { std::string all; for (int i = 0; i < 100; ++i) all += ds + "\n"; return all; }(), 8},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(read_anchors(row.text).size() == row.count);
  }
  CHECK(read_anchors(built_in_anchors()[0] + "\n" + built_in_anchors()[1]).size() == 2);
}
