#include "vantage/mutations.hpp"

#include <fmt/format.h>

#include <array>

#include "net/endpoint.hpp"

namespace ringback::test {
namespace {

constexpr std::array others{"198.51.100.9",    "203.0.113.77:443", "9.1.1.4",             "8.8.8.8", "127.0.0.1",
                            "10.0.0.1",        "255.255.255.255",  "[2a09:2::4]:80",      "::1",     "2001:503:ba3e::2:30",
                            "::ffff:8.8.8.8",  "ff02::1",          "example.org",         "0"};
constexpr std::array headers{"X-Forwarded-For", "Forwarded",     "X-Real-IP", "Via",    "CF-Connecting-IP", "True-Client-IP", "X-Client-IP", "From",
                             "Client-IP",       "X-Original-To", "Referer",   "Origin", "X-Forwarded-Host", "Host"};
constexpr std::array keys{"target", "address", "host", "ip", "to", "source", "from", "caller", "remote", "dst", "url",
                          "Target", "targets", "peer", "ttl", "interface", "gateway", "spoof", "port", "protocol", "knocks", "timeout_ms"};

}  // namespace

template <class Text>
void Mutations::change_bytes(Text& text) {
  for (auto left = 1 + pick(4); left > 0 && !text.empty(); --left) {
    const auto at = static_cast<std::ptrdiff_t>(pick(text.size()));
    const auto any = static_cast<typename Text::value_type>(random_() & 0xFF);
    switch (pick(5)) {
      case 0: text[static_cast<std::size_t>(at)] = any; break;
      case 1: text.insert(text.begin() + at, any); break;
      case 2: text.erase(text.begin() + at); break;
      case 3: text.resize(static_cast<std::size_t>(at)); break;
      default: {  // a piece once more
        const auto piece = Text(text.begin() + at, text.begin() + std::min(at + 20, static_cast<std::ptrdiff_t>(text.size())));
        text.insert(text.begin() + static_cast<std::ptrdiff_t>(pick(text.size())), piece.begin(), piece.end());
      }
    }
  }
}

std::string Mutations::knocks() {
  constexpr std::array protocols{R"("tcp")", R"("udp")", R"("icmp")"};
  std::string list;
  for (auto i = 1 + pick(one_in(20) ? 20 : 3); i > 0; --i) {
    const auto protocol = one_of(protocols);
    std::string more = protocol == protocols.back() ? "" : fmt::format(R"(,"port":{})", 1 + pick(65535));
    if (one_in(2)) more += fmt::format(R"(,"{}":"{}")", one_of(keys), one_of(others));
    if (one_in(8)) more += fmt::format(R"(,"{}":["{}",{}])", one_of(keys), one_of(others), pick(70000));
    list += fmt::format(R"({}{{"id":"k{}","protocol":{}{}}})", list.empty() ? "" : ",", i, protocol, more);
  }
  auto extra = one_in(2) ? fmt::format(R"("{}":"{}",)", one_of(keys), one_of(others)) : "";
  if (one_in(8)) extra += fmt::format(R"("{}":{{"address":"{}","port":{}}},)", one_of(keys), one_of(others), pick(70000));
  return fmt::format(R"({{{}"timeout_ms":100,"knocks":[{}]}})", extra, list);
}

std::string Mutations::framed(const std::string& body) {
  if (!one_in(4)) return fmt::format("Content-Length: {}\r\n\r\n{}", body.size() + (one_in(20) ? pick(9) : 0), body);
  std::string chunks = "Transfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size();) {
    const auto size = std::min(1 + pick(200), body.size() - at);
    chunks += fmt::format("{:x}{}\r\n{}\r\n", size, one_in(10) ? ";target=198.51.100.9" : "", body.substr(at, size));
    at += size;
  }
  return chunks + "0\r\n" + (one_in(10) ? "X-Forwarded-For: 198.51.100.9\r\n" : "") + "\r\n";
}

std::string Mutations::request() {
  constexpr std::array paths{"/v1/knock", "/v1/knock", "/v1/knock", "/v1/knock?target=198.51.100.9", "http://198.51.100.9/v1/knock",
                             "http://[2a09:2::4]:80/v1/knock", "/v1/knock/198.51.100.9", "198.51.100.9:443",
                             "//198.51.100.9/v1/knock", "/v1/address", "*"};
  constexpr std::array methods{"GET", "CONNECT", "PUT", "HEAD"};
  const auto method = one_in(10) ? one_of(methods) : "POST", path = one_in(2) ? one_of(paths) : "/v1/knock";
  auto head = fmt::format("{} {} HTTP/1.{}\r\nHost: {}\r\n", method, path, one_in(10) ? 0 : 1, one_of(others));
  for (auto i = pick(4); i > 0; --i) head += fmt::format("{}: {}{}\r\n", one_of(headers), one_in(4) ? "for=" : "", one_of(others));
  if (one_in(10)) head += "Expect: 100-continue\r\n";
  if (!one_in(4)) head += "Connection: close\r\n";
  return head + framed(knocks());
}

std::string Mutations::http() {
  auto text = request();
  if (one_in(4)) text += request();
  if (one_in(3)) change_bytes(text);
  return text;
}

wire::Bytes Mutations::stun() {
  // RFC 3489's and RFC 5780's attributes that could steer an answer, TURN's that name peers, and a few that a server knows.
  constexpr std::array<std::uint16_t, 16> types{0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x000B, 0x0012, 0x0016,
                                                0x0017, 0x0020, 0x0026, 0x0027, 0x8022, 0x8023, 0x802B, 0x802C};
  wire::Writer writer;
  writer.u16(one_in(10) ? static_cast<std::uint16_t>(random_()) : 1).u16(0).u32(0x2112A442);
  for (int i = 0; i < 3; ++i) writer.u32(static_cast<std::uint32_t>(random_()));
  for (auto i = pick(5); i > 0; --i) {
    const auto type = types[pick(types.size())];
    if (type == 0x0003) {
      writer.u16(type).u16(4).u32(static_cast<std::uint32_t>(pick(8)));
    } else if (type == 0x0027) {
      writer.u16(type).u16(4).u16(static_cast<std::uint16_t>(random_())).u16(0);
    } else if (one_in(2)) {
      writer.u16(type).u16(8).u16(0x0001).u16(static_cast<std::uint16_t>(random_())).u32(0xC6336409);  // 198.51.100.9
    } else {
      writer.u16(type).u16(20).u16(0x0002).u16(443).u32(0x2a090002).u32(0).u32(0).u32(4);
    }
  }
  if (!one_in(3)) writer.u16(0x8022).u16(96).zeros(96);  // room for an answer
  writer.patch_u16(2, static_cast<std::uint16_t>(writer.size() - 20));
  auto bytes = writer.take();
  if (one_in(3)) change_bytes(bytes);
  return bytes;
}

}  // namespace ringback::test
