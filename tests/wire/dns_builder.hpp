#pragma once
/// DNS messages for tests, written by hand so that the codec is not held against itself; also such as no server would send.
#include <initializer_list>
#include <string_view>

#include "wire/dns.hpp"

namespace ringback::test {

using wire::Bytes;
using wire::Writer;

/// "www.example.org." as labels, not compressed.
inline Bytes labels(std::string_view name) {
  Writer out;
  while (!name.empty() && name != ".") {
    const auto dot = name.find('.');
    const auto label = name.substr(0, dot);
    out.u8(static_cast<std::uint8_t>(label.size())).text(label);
    name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
  }
  return out.u8(0).take();
}

/// A pointer to an octet of the message, RFC 1035 §4.1.4. The question's name stands at 12.
inline Bytes pointer(unsigned to) { return Writer().u16(static_cast<std::uint16_t>(0xc000 | to)).take(); }

class DnsMessage {
 public:
  static constexpr std::uint16_t qr = 0x8000, aa = 0x0400, tc = 0x0200, rd = 0x0100, ra = 0x0080, ad = 0x0020, cd = 0x0010;

  explicit DnsMessage(std::uint16_t id, unsigned flags = qr | rd | ra, unsigned rcode = 0)
      : id_(id), flags_(static_cast<std::uint16_t>(flags | rcode)) {}

  DnsMessage& question(std::string_view name, std::uint16_t type) { return question(labels(name), type); }
  DnsMessage& question(const Bytes& name, std::uint16_t type) {
    ++counts_[0];
    body_.bytes(name).u16(type).u16(1);
    return *this;
  }
  enum Section { in_answer = 1, in_authority = 2, in_additional = 3 };
  DnsMessage& record(Section section, const Bytes& owner, std::uint16_t type, std::uint32_t ttl, const Bytes& data, std::uint16_t klass = 1) {
    ++counts_[section];
    body_.bytes(owner).u16(type).u16(klass).u32(ttl).u16(static_cast<std::uint16_t>(data.size())).bytes(data);
    return *this;
  }
  DnsMessage& address(std::string_view owner, std::string_view address, std::uint32_t ttl = 300, Section section = in_answer) {
    const auto parsed = Address::parse(address).value();
    return record(section, labels(owner), parsed.is_v4() ? 1 : 28, ttl, Writer().address(parsed).take());
  }
  DnsMessage& cname(std::string_view owner, std::string_view target, std::uint32_t ttl = 300) {
    return record(in_answer, labels(owner), 5, ttl, labels(target));
  }
  DnsMessage& ns(std::string_view owner, std::string_view server, Section section = in_answer, std::uint32_t ttl = 300) {
    return record(section, labels(owner), 2, ttl, labels(server));
  }
  DnsMessage& soa(std::string_view owner, std::uint32_t serial = 1, Section section = in_authority) {
    return record(section, labels(owner), 6, 60,
                  Writer().bytes(labels("ns1.example.")).bytes(labels("hostmaster.example.")).u32(serial).u32(1).u32(2).u32(3).u32(30).take());
  }
  /// An OPT record whose data is `options`, RFC 6891 §6.1.2.
  DnsMessage& opt(const Bytes& options = {}, unsigned upper_rcode = 0) {
    return record(in_additional, labels("."), 41, upper_rcode << 24, options, 1232);
  }
  DnsMessage& extended_error(std::uint16_t code) { return opt(Writer().u16(15).u16(2).u16(code).take()); }
  /// What the header claims, against what there is.
  DnsMessage& claim(Section section, std::uint16_t count) {
    counts_[section] = count;
    return *this;
  }
  DnsMessage& raw(const Bytes& bytes) {
    body_.bytes(bytes);
    return *this;
  }

  [[nodiscard]] Bytes bytes() const {
    Writer out;
    out.u16(id_).u16(flags_);
    for (const auto count : counts_) out.u16(count);
    auto body = body_;
    return out.bytes(body.take()).take();
  }

 private:
  std::uint16_t id_;
  std::uint16_t flags_;
  std::uint16_t counts_[4]{};
  Writer body_;
};

}  // namespace ringback::test
