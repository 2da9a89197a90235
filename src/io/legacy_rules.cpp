#include "io/legacy_rules.hpp"

#include <unistd.h>

#include <array>

#include "io/child_program.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t most_output = 8U << 20U;

/// Before iptables 1.8 the plain name was the legacy program; since then it may be the one that writes into nftables, whose heading says so.
constexpr std::array programs_v4{"/usr/sbin/iptables-legacy-save", "/sbin/iptables-legacy-save", "/usr/sbin/iptables-save", "/sbin/iptables-save"};
constexpr std::array programs_v6{"/usr/sbin/ip6tables-legacy-save", "/sbin/ip6tables-legacy-save", "/usr/sbin/ip6tables-save", "/sbin/ip6tables-save"};

bool writes_into_nftables(std::string_view output) {
  const auto heading = output.substr(0, output.find('\n'));
  return heading.find("nf_tables") != std::string_view::npos || heading.find("nft") != std::string_view::npos ||
         heading.find("xtables-save") != std::string_view::npos;
}

Expected<std::string> output_of(const char* program, Deadline deadline, const Clock& clock, const std::string& what) {
  auto printed = run_program({.program = program, .arguments = {}, .most_output = most_output}, deadline, clock, what);
  if (!printed) return tl::unexpected(printed.error());
  if (printed->status != 0) return failure(::geteuid() == 0 ? Errc::failed : Errc::not_permitted, what + ": " + program + " failed");
  return std::move(printed->text);
}

}  // namespace

Expected<std::string> read_legacy_rules(Family family, Deadline deadline, const Clock& clock) {
  const std::string what = std::string("list the rules of ") + (family == Family::ipv4 ? "iptables-legacy" : "ip6tables-legacy");
  for (const auto* program : family == Family::ipv4 ? programs_v4 : programs_v6) {
    auto text = output_of(program, deadline, clock, what);
    if (!text && text.error().code == Errc::unsupported) continue;
    if (text && writes_into_nftables(*text)) continue;
    return text;
  }
  return failure(Errc::unsupported, what + ": this host has no program for it");
}

}  // namespace ringback::io
