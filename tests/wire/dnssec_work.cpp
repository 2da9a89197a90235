/// What a proof may cost, and what it covers.
#include <algorithm>

#include "support/catch.hpp"
#include "support/fixture.hpp"
#include "wire/address.hpp"
#include "wire/dns_builder.hpp"
#include "wire/dnssec.hpp"

using namespace ringback;
using namespace ringback::wire::dns;
using test::address;
using test::DnsMessage;
using test::labels;
using wire::Bytes;
using wire::Reader;
using wire::Writer;

namespace {

const auto when_signed = Moment::parse("2026-01-31T12:00:00Z").value();

std::vector<Bytes> messages_of(const std::string& file) {
  const auto all = test::fixture_bytes("wire/dnssec/" + file + ".messages");
  std::vector<Bytes> result;
  for (Reader reader(all); reader.left() > 0;) {
    const auto message = reader.bytes(reader.u16());
    result.emplace_back(message.begin(), message.end());
  }
  return result;
}

std::vector<std::string> root_keys() { return read_anchors(test::fixture_text("wire/dnssec/root.key")); }

std::string in_words(const Judgement& j) {
  return std::string(to_string(j.security)) + " " + std::string(to_string(j.reason)) + ", " + j.zone + ": " + j.record;
}

Bytes key_record(const Bytes& key) { return Writer().u16(0x0101).u8(3).u8(8).bytes(key).take(); }   // RSASHA256

std::uint16_t tag_of(const Bytes& record) {   // RFC 4034 appendix B
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < record.size(); ++i) sum += std::to_integer<std::uint32_t>(record[i]) << (i % 2 == 0 ? 8 : 0);
  return static_cast<std::uint16_t>(sum + (sum >> 16));
}

std::string in_base64(const Bytes& bytes) {   // of a multiple of three octets
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  for (std::size_t i = 0; i + 2 < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (const std::size_t place : {i, i + 1, i + 2}) three = three << 8 | std::to_integer<std::uint32_t>(bytes[place]);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) result += digits[three >> shift & 63U];
  }
  return result;
}

std::string anchor_of(const Bytes& key) { return ". IN DNSKEY 257 3 8 " + in_base64(key); }

/// "good-a", with other keys of the root and a signature over them by the first one.
std::vector<Bytes> with_root_keys(const std::vector<Bytes>& keys) {
  DnsMessage message(1, DnsMessage::qr);
  message.question(".", 48);
  for (const auto& key : keys) message.record(DnsMessage::in_answer, labels("."), 48, 300, key_record(key));
  Writer signature;
  signature.u16(48).u8(8).u8(0).u32(300).u32(1772323200).u32(1767225600);   // the first of March, the first of January
  signature.u16(tag_of(key_record(keys.front()))).u8(0).zeros(128);
  message.record(DnsMessage::in_answer, labels("."), 46, 300, signature.take());
  auto result = messages_of("good-a");
  for (auto& other : result)
    if (const auto m = decode(other).value(); m.question_name == "." && m.question_type == 48) other = message.bytes();
  return result;
}

/// An exponent of three octets, and a modulus that holds two numbers at these places: the tag tells no two such keys with the same sum apart.
Bytes key_with(std::size_t one, unsigned first, std::size_t other, unsigned second) {
  std::vector<unsigned> words(64);
  words[one] += first;
  words[other] += second;
  Writer key;
  key.u8(3).u8(1).u8(0).u8(1);
  for (const auto word : words) key.u16(static_cast<std::uint16_t>(word));
  return key.take();
}

}  // namespace

TEST_CASE("RSA keys that take long are not tried, and what they sign is neither wrong nor unsigned") {
  const auto exponent_of_nine_octets = Writer().u8(9).zeros(9 + 128).take();
  const auto exponent_of_many_octets = Writer().u8(0).u16(300).zeros(300 + 129).take();
  const auto modulus_of_515_octets = Writer().u8(3).u8(1).u8(0).u8(1).zeros(515).take();
  for (const auto& key : {exponent_of_nine_octets, exponent_of_many_octets, modulus_of_515_octets}) {
    REQUIRE(key.size() % 3 == 0);
    const std::vector anchors{anchor_of(key)};
    REQUIRE(read_anchors(anchors[0]).size() == 1);
    const auto verdict = validate({"home.good.org.", Type::a}, with_root_keys({key}), anchors, when_signed);
    CHECK(in_words(verdict) == "indeterminate not-checked, .: . DNSKEY");
  }
}

TEST_CASE("keys of one tag are held against so many digests, and no more") {
  std::vector<Bytes> keys;
  for (std::size_t i = 0; i < 64; ++i) keys.push_back(key_with(i, 0x0102, 0, 0));
  std::vector<std::string> anchors;
  for (std::size_t i = 1; i <= 8; ++i) anchors.push_back(anchor_of(key_with(i, 0x0101, i + 10, 1)));
  const auto by = [&](std::size_t count) {
    keys.resize(count);
    return in_words(validate({"home.good.org.", Type::a}, with_root_keys(keys), anchors, when_signed));
  };
  CHECK(by(64) == "indeterminate not-checked, .: . DNSKEY");
  CHECK(by(7) == "indeterminate not-checked, .: . DNSKEY");
  CHECK(by(6) == "indeterminate no-anchor, .: . DNSKEY");     // 48 of them: none fits
}

TEST_CASE("whenever the time runs out, what is left is not checked, and nothing is wrong or unsigned for it") {
  struct Row {
    const char* file;
    const char* name;
    Type type;
  };
  const Row rows[] = {
      {"good-a", "home.good.org.", Type::a},          {"good-alias-far", "far.good.org.", Type::a},
      {"good-wildcard", "any.wild.good.org.", Type::a}, {"hashed-nxdomain", "no.hashed.org.", Type::a},
      {"hashed-wildcard-nodata", "any.wild.hashed.org.", Type::aaaa}, {"opt-out", "home.plain.org.", Type::a},
      {"costly-nxdomain", "no.costly.org.", Type::a}, {"expired", "home.expired.org.", Type::aaaa},
  };
  for (const auto& row : rows) {
    INFO(row.file);
    const auto messages = messages_of(row.file);
    const auto anchors = root_keys();
    const Question question{row.name, row.type};
    const auto whole = in_words(validate(question, messages, anchors, when_signed));
    bool ended = false;
    for (unsigned pieces = 0; pieces < 200 && !ended; ++pieces) {
      INFO(pieces);
      unsigned done = 0;
      ended = true;
      const auto more_time = [&] { return done++ < pieces || (ended = false); };
      const auto verdict = validate_each(std::span(&question, 1), messages, anchors, when_signed, more_time).front();
      CHECK((in_words(verdict) == whole || verdict.reason == SecurityReason::not_checked));
      if (verdict.reason == SecurityReason::not_checked) CHECK(verdict.security == Security::indeterminate);
    }
    CHECK(ended);
  }
}

TEST_CASE("several questions are judged as each of them by itself, whatever becomes of the others") {
  std::vector<Question> questions{{"home.good.org.", Type::a}, {"home.good.org.", Type::aaaa}};
  std::vector<Bytes> messages;
  const auto add = [&](const char* file) {
    for (auto& message : messages_of(file)) messages.push_back(std::move(message));
  };
  for (const auto* file : {"good-a", "good-aaaa"}) add(file);
  const std::pair<const char*, Question> others[] = {
      {"expired", {"home.expired.org.", Type::aaaa}}, {"no-ds", {"home.plain.net.", Type::a}},      {"costly-nxdomain", {"no.costly.org.", Type::a}},
      {"opt-out", {"home.plain.org.", Type::a}},      {"good-wildcard", {"any.wild.good.org.", Type::a}},
  };
  for (const auto& [file, question] : others) questions.insert(questions.begin(), question), add(file);
  const auto anchors = root_keys();
  const auto together = validate_each(questions, messages, anchors, when_signed, {});
  REQUIRE(together.size() == questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    INFO(questions[i].name);
    CHECK(together[i] == validate(questions[i], messages, anchors, when_signed));
  }
}

TEST_CASE("a proof covers the addresses at the end of the aliases, and no proof none") {
  struct Row {
    const char* file;
    Question question;
    std::vector<Address> addresses;
  };
  const Row rows[] = {
      {"good-a", {"home.good.org.", Type::a}, {address("192.0.2.1")}},
      {"good-aaaa", {"home.good.org.", Type::aaaa}, {address("2001:db8::1")}},
      {"good-alias-far", {"far.good.org.", Type::a}, {address("192.0.2.1")}},
      {"good-dname", {"home.self.good.org.", Type::a}, {address("192.0.2.5")}},
      {"good-wildcard", {"any.wild.good.org.", Type::a}, {address("192.0.2.3")}},
      {"good-nodata", {"mail.good.org.", Type::aaaa}, {}},
      {"no-ds", {"home.plain.net.", Type::a}, {}},
      {"expired", {"home.expired.org.", Type::aaaa}, {}},
  };
  for (const auto& row : rows) {
    INFO(row.file);
    CHECK(validate(row.question, messages_of(row.file), root_keys(), when_signed).addresses == row.addresses);
  }
}
