/// The question, and whether a message answers it.
#include "wire/dns.hpp"

#include <fmt/format.h>
#include <ldns/ldns.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace ringback::wire::dns {
namespace {

struct FreeQuestion {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
  void operator()(ldns_rdf* name) const { ldns_rdf_deep_free(name); }
  void operator()(std::uint8_t* octets) const { std::free(octets); }
};

bool is_ours(const Bytes& cookie, const Query& query) {
  return std::ranges::equal(std::span(cookie).first(client_cookie_size), std::span(query.cookie).first(client_cookie_size));
}

}  // namespace

Expected<Bytes> encode(const Query& query) {
  const auto wrong = [&](const char* why) {
    return failure(Errc::invalid_input, fmt::format("a query for \"{}\": {}", query.question.name.substr(0, 60), why));
  };
  std::unique_ptr<ldns_rdf, FreeQuestion> name(ldns_dname_new_frm_str(query.question.name.c_str()));
  if (!name) return wrong("not a domain name");
  const auto flags = static_cast<std::uint16_t>(query.recursion_desired ? LDNS_RD : 0);
  const std::unique_ptr<ldns_pkt, FreeQuestion> packet(
      ldns_pkt_query_new(name.get(), static_cast<ldns_rr_type>(query.question.type), LDNS_RR_CLASS_IN, flags));
  if (!packet) return wrong("not accepted");
  name.release();  // the packet's now
  ldns_pkt_set_id(packet.get(), query.id);
  ldns_pkt_set_cd(packet.get(), query.checking_disabled);
  ldns_pkt_set_ad(packet.get(), query.want_authentic);
  if (query.edns) {
    ldns_pkt_set_edns_udp_size(packet.get(), udp_payload);
    ldns_pkt_set_edns_do(packet.get(), query.dnssec_ok);
    if (!query.cookie.empty()) {
      const auto option = Writer().u16(cookie_option).u16(static_cast<std::uint16_t>(query.cookie.size())).bytes(query.cookie).take();
      auto* data = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, option.size(), option.data());
      if (!data) return wrong("out of memory");
      ldns_pkt_set_edns_data(packet.get(), data);   // the packet's now
    }
  }
  std::uint8_t* wire = nullptr;
  std::size_t size = 0;
  const auto status = ldns_pkt2wire(&wire, packet.get(), &size);
  const std::unique_ptr<std::uint8_t, FreeQuestion> owned(wire);
  if (status != LDNS_STATUS_OK) return wrong(ldns_get_errorstr_by_id(status));
  const auto bytes = std::as_bytes(std::span(wire, size));
  return Bytes(bytes.begin(), bytes.end());
}

std::optional<std::string> mismatch(const Query& query, const Message& message) {
  if (!message.response) return "a query, not an answer";
  if (message.opcode != 0) return fmt::format("an answer to opcode {}", message.opcode);
  if (message.id != query.id) return fmt::format("the ID is {:#06x}, asked was {:#06x}", message.id, query.id);
  if (!query.cookie.empty() && message.cookie && !is_ours(*message.cookie, query))
    return "its cookie is not the one that was sent (RFC 7873 §5.3)";
  if (lacks_cookie(query, message)) return "it has no cookie, and the server has given one (RFC 7873 §5.3)";
  if (message.question_name.empty()) {
    // A server that could not parse the query has no question to repeat (RFC 1035 §4.1.1).
    if (message.rcode == LDNS_RCODE_FORMERR || message.rcode == LDNS_RCODE_NOTIMPL) return std::nullopt;
    return "no question in the answer";
  }
  if (message.question_name != query.question.name) return fmt::format("it answers for {}", message.question_name);
  if (message.question_type != static_cast<std::uint16_t>(query.question.type) || message.question_class != LDNS_RR_CLASS_IN)
    return fmt::format("it answers for type {} class {}", message.question_type, message.question_class);
  return std::nullopt;
}

bool lacks_cookie(const Query& query, const Message& message) {
  return query.cookie.size() > client_cookie_size && !message.cookie && !message.truncated;
}

std::string rcode_name(unsigned rcode) {
  // IANA "DNS RCODEs"
  static constexpr std::array<std::string_view, 11> names{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
                                                          "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"};
  if (rcode < names.size()) return std::string(names[rcode]);
  return rcode == 16 ? "BADVERS" : rcode == 23 ? "BADCOOKIE" : fmt::format("RCODE{}", rcode);
}

}  // namespace ringback::wire::dns
