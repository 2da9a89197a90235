#include "vantage/knocker.hpp"

#include <fmt/format.h>

namespace ringback::vantage {

std::string knock_payload(const std::string& nonce) { return "ringback-knock " + nonce + "\n"; }

Expected<std::unique_ptr<Knocker>> open_knocker(const KnockSpec& spec, const KnockPath& path, Random& random) {
  Announcement announcement{spec.id, spec.protocol, spec.port, path.target, path.source, {}, {}};
  announcement.nonce = fmt::format("{:016x}{:016x}", random.number<std::uint64_t>(), random.number<std::uint64_t>());
  switch (spec.protocol) {
    case Protocol::tcp: return open_tcp_knocker(std::move(announcement));
    case Protocol::udp: return open_udp_knocker(std::move(announcement));
    case Protocol::icmp: return open_echo_knocker(std::move(announcement), random);
  }
  return failure(Errc::unsupported, "no such protocol");
}

}  // namespace ringback::vantage
