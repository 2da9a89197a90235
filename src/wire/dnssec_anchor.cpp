/// The root's keys, as files and IANA have them.
#include <algorithm>

#include "wire/dnssec.hpp"
#include "wire/dnssec_records.hpp"

namespace ringback::wire::dns {
namespace {

constexpr std::size_t most_anchors = 8;
constexpr std::size_t longest_anchor = 4096;

/// unbound-anchor(8) keeps each key with its state of RFC 5011 §4.2 in a comment: ";;state=2 [  VALID  ]".
bool is_in_force(std::string_view comment) {
  constexpr std::string_view word = ";;state=";
  const auto at = comment.find(word);
  if (at == std::string_view::npos || at + word.size() >= comment.size()) return true;
  const char state = comment[at + word.size()];
  return state == '2' || state == '3';
}

bool is_anchor(const std::string& line) {
  ldns_rr* raw = nullptr;
  const auto status = ldns_rr_new_frm_str(&raw, line.c_str(), 0, nullptr, nullptr);
  const sec::RecordOwner record(raw);
  if (status != LDNS_STATUS_OK || !record || ldns_dname_label_count(ldns_rr_owner(record.get())) != 0) return false;
  const auto type = ldns_rr_get_type(record.get());
  return ldns_rr_rd_count(record.get()) == 4 && (type == LDNS_RR_TYPE_DS || (type == LDNS_RR_TYPE_DNSKEY && sec::is_zone_key(record.get())));
}

}  // namespace

std::vector<std::string> read_anchors(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty() && result.size() < most_anchors) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto semicolon = std::min(line.find(';'), line.size());
    std::string record(line.substr(0, semicolon));
    if (record.find_first_not_of(" \t\r") == std::string::npos || record.find('\0') != std::string::npos) continue;
    if (record.size() > longest_anchor) continue;
    if (is_in_force(line.substr(semicolon)) && is_anchor(record)) result.push_back(std::move(record));
  }
  return result;
}

std::vector<std::string> built_in_anchors() {
  return {". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
          ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"};
}

bool holds_signatures(ByteView message) {
  const auto reply = sec::read_reply(message);
  return reply && reply->has_signature();
}

}  // namespace ringback::wire::dns
