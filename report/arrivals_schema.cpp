#include "report/arrivals.hpp"
#include "report/arrivals_lines.hpp"
#include "report/schema_note.hpp"
#include "report/schema_of.hpp"

namespace ringback {
namespace {

using schema::Value;

constexpr schema::Note line_notes[] = {
    {"lines.Watching", "schema", "of which command this line is, and the version of its form"},
    {"lines.Watching", "kind", "the first line of wait"},
    {"lines.Watching", "service", "outside port first where it differs from the inside one"},
    {"lines.Watching", "interface", "the network card that is watched, or \"any\""},
    {"lines.Watching", "rules_readable", "false: what this host's packet filter does is not known"},
    {"lines.Watching", "knock_at", "where somebody outside has to knock, as far as this home knows it without anybody outside"},
    {"lines.Watching", "how_to_knock", "what to do, in words"},
    {"lines.KnockAt", "ipv4", "the public IPv4 address of this home; null: it has none, or it is not known"},
    {"lines.KnockAt", "ipv6", "the IPv6 address of this host that visitors come to; null: it has none, or it is not known"},
    {"lines.Arrival", "schema", "of which command this line is, and the version of its form"},
    {"lines.Arrival", "kind", "an attempt from outside"},
    {"lines.Arrival", "id", "the same for every line about this attempt"},
    {"lines.Arrival", "time", "of its first packet, RFC 3339 in UTC"},
    {"lines.Arrival", "protocol", "by which it came"},
    {"lines.Arrival", "family", "over which of IPv4 and IPv6"},
    {"lines.Arrival", "from", "whom it came from, as captured"},
    {"lines.Arrival", "to", "as captured: where a router may have translated it to"},
    {"lines.Arrival", "port", "of this host"},
    {"lines.Arrival", "origin", "where it came from: only outside proves anything"},
    {"lines.Arrival", "interface", "the network card where it arrived; null: not known"},
    {"lines.Arrival", "settled", "true: the last line about this attempt"},
    {"lines.Arrival", "tries", "packets that open, repetitions included; of UDP all that came"},
    {"lines.Arrival", "answer", "what this host sent back first"},
    {"lines.Arrival", "answers", "repetitions included"},
    {"lines.Arrival", "answered_on", "the network card by which the first answer left"},
    {"lines.Arrival", "reached", "of TCP: the answer got there, because the visitor reacted to it"},
    {"lines.Arrival", "program", "whose socket is there; null: nobody's, or unknown"},
    {"lines.Arrival", "icmp_type", "of the answer \"unreachable\""},
    {"lines.Arrival", "icmp_code", "of the answer \"unreachable\""},
    {"lines.Arrival", "reachable", "what this one attempt comes to, in the words of the report"},
    {"lines.Arrival", "stopped_at", "where it ended, in the words of the report"},
    {"lines.Arrival", "cause", "a code of the report's findings; null: nothing stopped it, or it is not known what"},
    {"lines.Arrival", "confidence", "how sure that is"},
    {"lines.Arrival", "detail", "a sentence or two for people"},
    {"lines.Ignored", "schema", "of which command this line is, and the version of its form"},
    {"lines.Ignored", "kind", "an attempt that proves nothing"},
    {"lines.Ignored", "id", "the same for every line about this attempt"},
    {"lines.Ignored", "time", "of its first packet, RFC 3339 in UTC"},
    {"lines.Ignored", "protocol", "by which it came"},
    {"lines.Ignored", "family", "over which of IPv4 and IPv6"},
    {"lines.Ignored", "from", "whom it came from, as captured"},
    {"lines.Ignored", "to", "as captured: where a router may have translated it to"},
    {"lines.Ignored", "port", "of this host"},
    {"lines.Ignored", "origin", "why it proves nothing"},
    {"lines.Ignored", "interface", "the network card where it arrived; null: not known"},
    {"lines.Verdict", "schema", "of which command this line is, and the version of its form"},
    {"lines.Verdict", "kind", "the last line"},
    {"lines.Verdict", "ended", "of wait: count, time, signal, reader, trouble; of read: end, damage"},
    {"lines.Verdict", "exit_status", "the program's"},
    {"lines.Verdict", "services", "what came of each service and family, the one with the most attempts first"},
    {"lines.Verdict", "services_left_out", "beyond the bound, with fewer attempts"},
    {"lines.Verdict", "packets", "packets that were looked at; of read those that the file holds"},
    {"lines.Verdict", "dropped", "packets that the capture lost"},
    {"lines.Verdict", "outside", "attempts from outside"},
    {"lines.Verdict", "ignored", "attempts that prove nothing, by origin"},
    {"lines.Verdict", "untracked", "attempts beyond the bound: counted, and not followed"},
    {"lines.Verdict", "notes", "sentences: what was ignored, and what could not be seen"},
    {"lines.Verdict", "to_try", "what to do where nobody came"},
    {"lines.Verdict", "file", "of read: what the file holds; of wait: null"},
    {"lines.ServiceLine", "service", "which service"},
    {"lines.ServiceLine", "family", "over which of IPv4 and IPv6"},
    {"lines.ServiceLine", "reachable", "what all attempts together come to, in the words of the report"},
    {"lines.ServiceLine", "stopped_at", "where they ended, in the words of the report"},
    {"lines.ServiceLine", "cause", "a code of the report's findings"},
    {"lines.ServiceLine", "confidence", "how sure that is"},
    {"lines.ServiceLine", "title", "what stops visitors, in a few words"},
    {"lines.ServiceLine", "detail", "a sentence or two for people"},
    {"lines.ServiceLine", "attempts", "how those from outside ended"},
    {"lines.ServiceLine", "remedies", "what to do, the most promising first"},
    {"arrivals.Tally", "attempts", "all of them"},
    {"arrivals.Tally", "connected", "TCP: the answer got there; UDP: this host answered"},
    {"arrivals.Tally", "lost", "TCP: answered, and the answer did not get there"},
    {"arrivals.Tally", "answered", "TCP: answered; whether that got there was not seen"},
    {"arrivals.Tally", "refused", "this host refused them"},
    {"arrivals.Tally", "silent", "nothing was answered"},
    {"arrivals.Tally", "open", "too young to be judged"},
    {"lines.IgnoredCounts", "lan", "from machines of the home network"},
    {"lines.IgnoredCounts", "router", "from the home router's own address"},
    {"lines.IgnoredCounts", "near", "that may have been sent from this house"},
    {"lines.IgnoredCounts", "unroutable", "from addresses that the internet does not route"},
    {"lines.IgnoredCounts", "self", "from this host itself"},
    {"lines.File", "format", "\"pcap\" or \"pcapng\""},
    {"lines.File", "first", "when its first packet was captured, RFC 3339 in UTC; null: it holds none"},
    {"lines.File", "last", "when its last packet was captured; null: it holds none"},
    {"lines.File", "ipv4", "packets of IPv4"},
    {"lines.File", "ipv6", "packets of IPv6"},
    {"lines.File", "not_ip", "packets of neither"},
    {"lines.File", "tcp", "packets of TCP"},
    {"lines.File", "udp", "packets of UDP"},
    {"lines.File", "icmp", "packets of ICMP and ICMPv6"},
    {"lines.File", "openings", "of TCP, in whatever direction; repetitions included"},
    {"lines.File", "malformed", "packets that no honest host sends, or cut before their ports"},
    {"lines.File", "fragments", "later pieces of larger packets: they have no ports"},
    {"lines.File", "addresses", "those with the most packets, first"},
    {"lines.File", "more_addresses", "that are not listed; at the least, where there are thousands"},
    {"arrivals.AddressCount", "address", "as a packet's source or destination"},
    {"arrivals.AddressCount", "packets", "that it sent or got"},
};

template <class Line>
Value kind(Value& defs, const char* name) {
  auto reference = schema::of<Line>(defs);
  auto& properties = defs.at("lines." + std::string(name)).at("properties");
  properties["schema"] = {{"enum", {"ringback.wait/1", "ringback.read/1"}}};
  properties["kind"] = {{"const", Line{}.kind}};
  if (properties.contains("time")) properties["time"]["format"] = "date-time";
  return reference;
}

}  // namespace

nlohmann::ordered_json arrivals_schema() {
  Value defs = Value::object();
  const auto any = Value::array({kind<lines::Watching>(defs, "Watching"), kind<lines::Arrival>(defs, "Arrival"),
                                 kind<lines::Ignored>(defs, "Ignored"), kind<lines::Verdict>(defs, "Verdict")});
  for (const auto* key : {"first", "last"}) defs["lines.File"]["properties"][key]["format"] = "date-time";
  defs["lines.Verdict"]["properties"]["exit_status"]["enum"] = {0, 1, 2, 3};
  schema::add_notes(defs, line_notes);
  return schema::document({.id = "urn:ringback:arrivals:1",
                           .title = "a line of ringback wait or ringback read",
                           .description = "Each line that they write with -f json is one such object. Further keys and kinds may be added; those that "
                                          "are required here stay."},
                          {{"oneOf", any}}, std::move(defs));
}

}  // namespace ringback
