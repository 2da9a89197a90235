#pragma once
/// A household whose name is signed. The proofs are those of fixtures/wire/dnssec.
#include <fmt/format.h>

#include "probes/dns/dnssec_verdict.hpp"
#include "probes/dns/household.hpp"
#include "support/fixture.hpp"

namespace ringback::test {

inline bool asks_for_proof(const io::Bytes& query) {   // DO of the OPT record, which stands behind the question (RFC 3225 §3)
  constexpr std::size_t header = 12, type_and_class = 4, do_in_opt = 7;
  std::size_t at = header;
  while (at < query.size() && query[at] != std::byte{0}) at += std::to_integer<std::size_t>(query[at]) + 1;
  at += 1 + type_and_class + do_in_opt;
  return query.size() > at && query[11] == std::byte{1} && (query[at] & std::byte{0x80}) != std::byte{0};
}

/// Recorded answers by their questions.
class Proofs {
 public:
  explicit Proofs(std::initializer_list<const char*> files) {
    for (const auto* file : files) {
      const auto all = fixture_bytes(std::string("wire/dnssec/") + file + ".messages");
      for (wire::Reader reader(all); reader.left() > 0;) {
        const auto message = reader.bytes(reader.u16());
        const auto decoded = wire::dns::decode(message).value();
        messages_[{decoded.question_name, decoded.question_type}] = io::Bytes(message.begin(), message.end());
      }
    }
  }
  [[nodiscard]] io::Bytes answer(const io::Bytes& query) const {
    const auto q = wire::dns::decode(query).value();
    const auto found = messages_.find({q.question_name, q.question_type});
    auto result = found == messages_.end() ? DnsMessage(0, DnsMessage::qr, 2).question(q.question_name, q.question_type).bytes() : found->second;
    std::copy_n(query.begin(), 2, result.begin());
    return result;
  }
  /// A forwarder that leaves the signatures out: what nobody knows by its type.
  void strip() {
    for (auto& [question, message] : messages_)
      for (std::size_t i = 0; i + 3 < message.size(); ++i)
        if (message[i] == std::byte{0} && message[i + 1] == std::byte{46} && message[i + 2] == std::byte{0} && message[i + 3] == std::byte{1})
          message[i] = std::byte{0xff};
  }

 private:
  std::map<std::pair<std::string, std::uint16_t>, io::Bytes> messages_;
};

struct SignedHousehold : Household {
  std::size_t proofs_asked = 0;

  explicit SignedHousehold(const std::string& name, const std::string& zone) {
    network.host.calendar_time = Moment::parse("2026-01-31T12:00:00Z").value();
    network.host.files["/usr/share/dns/root.key"] = fixture_text("wire/dnssec/root.key");
    plan.names = {name};
    for (auto* server : {&resolver, &authority}) {
      server->address(name + ".", "192.0.2.1").address(name + ".", "2001:db8::1");
      for (const auto* above : {".", "org.", "net."}) server->ns(above, {"ns1.example.org."});
      server->ns(zone, {"ns1.example.org.", "ns2.example.org."});
    }
  }
  /// Answers for proof come from `proofs`, if any; all others from `plain`.
  UdpPeer peer(const DnsServer& plain, const std::optional<Proofs>& proofs, Duration after = 10ms) {
    return [this, plain, proofs, after](const Sent& sent) -> std::vector<Arrival> {
      const bool proof = asks_for_proof(sent.payload);
      proofs_asked += proof;
      if (proof && !proofs) return {};
      return {test::answer(sent, proof ? proofs->answer(sent.payload) : plain.answer(sent.payload), after)};
    };
  }
  void serve(const std::optional<Proofs>& inside, const std::optional<Proofs>& public_one, const std::optional<Proofs>& zone) {
    network.udp(dns_at(lan_resolver), peer(resolver, inside));
    network.udp(dns_at(outside), peer(resolver, public_one));
    for (const auto* at : {ns1, ns2, ns1_v6}) network.udp(dns_at(at), peer(authority, zone, 20ms));
  }
};

inline std::string said(const std::optional<dns::Dnssec>& d) {
  if (!d) return "nothing";
  std::string result = std::string(to_string(d->security)) + " " + std::string(to_string(d->reason)) + ", " + d->zone + ": " + d->record + ";";
  for (const auto& source : d->sources) result += " " + std::string(to_string(source.role)) + " " + std::string(to_string(source.security));
  return result;
}

inline milliseconds time_without_proof(SignedHousehold& home) {
  const auto time = std::exchange(home.network.host.calendar_time, std::nullopt);
  home.observe();
  home.network.host.calendar_time = time;
  return home.elapsed();
}

}  // namespace ringback::test
