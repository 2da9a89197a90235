#pragma once
/// A name server as a table, for the ScriptedNetwork.
#include <map>

#include "support/scripted_network.hpp"
#include "wire/dns_builder.hpp"

namespace ringback::test {

class DnsServer {
 public:
  /// Flags of its answers: a resolver's, or QR and AA of one that has authority.
  explicit DnsServer(unsigned flags = DnsMessage::qr | DnsMessage::rd | DnsMessage::ra) : flags_(flags) {}
  static DnsServer with_authority() { return DnsServer(DnsMessage::qr | DnsMessage::aa); }

  using Fill = std::function<void(DnsMessage&)>;
  DnsServer& on(const std::string& name, wire::dns::Type type, Fill fill, unsigned rcode = 0, unsigned more_flags = 0) {
    table_[{name, type}] = {std::move(fill), rcode, more_flags};
    return *this;
  }
  DnsServer& address(const std::string& name, const std::string& text, std::uint32_t ttl = 300) {
    const auto type = text.find(':') == std::string::npos ? wire::dns::Type::a : wire::dns::Type::aaaa;
    return on(name, type, [=](DnsMessage& m) { m.address(name, text, ttl); });
  }
  DnsServer& ns(const std::string& zone, const std::vector<std::string>& servers) {
    return on(zone, wire::dns::Type::ns, [=](DnsMessage& m) {
      for (const auto& server : servers) m.ns(zone, server);
    });
  }
  DnsServer& refuses(const std::string& name, wire::dns::Type type, unsigned rcode) {
    return on(name, type, [](DnsMessage&) {}, rcode);
  }

  /// What it says to these octets; NOERROR without records where the table has nothing.
  [[nodiscard]] io::Bytes answer(const io::Bytes& query) const {
    const auto q = wire::dns::decode(query).value();
    const auto row = table_.find({q.question_name, static_cast<wire::dns::Type>(q.question_type)});
    const auto found = row == table_.end() ? Row{} : row->second;
    DnsMessage message(q.id, flags_ | found.more_flags, found.rcode);
    message.question(q.question_name, q.question_type);
    if (found.fill) found.fill(message);
    return message.bytes();
  }
  [[nodiscard]] UdpPeer peer(Duration after = std::chrono::milliseconds(10)) const {
    return [*this, after](const Sent& sent) { return std::vector{test::answer(sent, answer(sent.payload), after)}; };
  }

 private:
  struct Row {
    Fill fill;
    unsigned rcode = 0;
    unsigned more_flags = 0;
  };
  unsigned flags_;
  std::map<std::pair<std::string, wire::dns::Type>, Row> table_;
};

/// The same over TCP, to each query that comes in one piece.
inline TcpPeer dns_over_tcp(std::function<io::Bytes(const io::Bytes&)> answer, Duration after = std::chrono::milliseconds(5)) {
  return {.on_receive = [answer = std::move(answer), after](std::string_view bytes) -> std::vector<TcpPiece> {
    if (bytes.size() < 2) return {};
    const auto query = std::as_bytes(std::span(bytes).subspan(2));
    const auto message = answer(io::Bytes(query.begin(), query.end()));
    return {{after, wire::Writer().u16(static_cast<std::uint16_t>(message.size())).bytes(message).take()}};
  }};
}

/// The message with an OPT record behind it that holds the query's cookie and one of the server's own (RFC 7873 §4).
inline io::Bytes with_cookie(const io::Bytes& message, const io::Bytes& query) {
  const auto cookie = wire::dns::decode(query).value().cookie.value();
  const auto option = wire::Writer().u16(10).u16(16).bytes(std::span(cookie).first(8)).text("its own.").take();
  auto result = wire::Writer().bytes(message).u8(0).u16(41).u16(1232).u32(0).u16(static_cast<std::uint16_t>(option.size())).bytes(option).take();
  result[11] = std::byte{1};   // ARCOUNT
  return result;
}

inline Endpoint dns_at(const char* address) { return {Address::parse(address).value(), 53}; }

}  // namespace ringback::test
