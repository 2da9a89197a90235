#include "probes/path/mtu.hpp"

#include <algorithm>

namespace ringback::path {
namespace {

constexpr unsigned most_sent = 3;         // each smaller than the one before
constexpr unsigned largest_asked = 9216;  // jumbo frames; beyond is loopback and the like
constexpr unsigned udp_header = 8;

unsigned ip_header(Family family) { return family == Family::ipv4 ? 20 : 40; }
unsigned smallest_mtu(Family family) { return family == Family::ipv4 ? 68 : 1280; }  // RFC 791, RFC 8200 §5

}  // namespace

MtuProbe::MtuProbe(const Endpoint& first, unsigned mtu, io::UdpSocket& socket, const Clock& clock)
    : first_(first), size_(std::min(mtu, largest_asked)), socket_(socket), clock_(clock), sent_at_(clock.now()) {
  done_ = mtu < smallest_mtu(first.address.family());
}

void MtuProbe::send() {
  if (done_) return;
  if (sent_ == most_sent) {
    done_ = true;
    return;
  }
  const io::Bytes payload(size_ - ip_header(first_.address.family()) - udp_header);
  const Endpoint to{first_.address, static_cast<Port>(first_.port + sent_++)};
  sent_at_ = clock_.now();
  done_ = !socket_.send(to, payload, std::nullopt).has_value();
}

bool MtuProbe::is_ours(const Endpoint& endpoint) const {
  return endpoint.address == first_.address && endpoint.port >= first_.port && endpoint.port < first_.port + sent_;
}

bool MtuProbe::take(const io::IcmpError& error) {
  if (!is_ours(error.destination)) return false;
  const bool v4 = first_.address.is_v4();
  const bool too_big = v4 ? error.type == 3 && error.code == 4 : error.type == 2;
  if (too_big) {
    // A router that does not say how big, or says nonsense (RFC 1191 §5, RFC 8201 §4), teaches nothing.
    if (!error.mtu || *error.mtu < smallest_mtu(first_.address.family()) || *error.mtu >= size_) return true;
    size_ = *error.mtu;
    learned_ = size_;
    send();
    return true;
  }
  if (error.offender == first_.address && !error.local) {
    if (error.destination.port == first_.port + sent_ - 1) learned_ = size_;  // the largest that was still out has arrived
    done_ = true;
  }
  return true;
}

bool MtuProbe::take(const io::Datagram& datagram) {
  if (!is_ours(datagram.from)) return false;
  if (datagram.from.port == first_.port + sent_ - 1) learned_ = size_;
  done_ = true;
  return true;
}

Instant MtuProbe::waits_until(microseconds slowest) const {
  if (done_ || sent_ == 0) return Instant::min();
  return sent_at_ + std::clamp<microseconds>(4 * slowest, milliseconds(100), milliseconds(300));
}

}  // namespace ringback::path
