#include "io/capture.hpp"

#include <fmt/format.h>
#include <pcap/pcap.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <map>

#include "io/link_layer.hpp"
#include "io/sockaddr.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

struct PcapCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, PcapCloser>;

Errc code_of_pcap(int result) {
  switch (result) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED: return Errc::not_permitted;
    case PCAP_ERROR_NO_SUCH_DEVICE: return Errc::unsupported;
    default: return Errc::failed;
  }
}

tl::unexpected<Error> pcap_failure(const std::string& what, pcap_t* handle, int result) {
  const std::string_view detail = pcap_geterr(handle);
  const std::string status = pcap_statustostr(result);
  return failure(code_of_pcap(result), what + ": " + (detail.empty() || result == PCAP_ERROR_PERM_DENIED ? status : std::string(detail)));
}

/// The packets of one direction. Two of these make a capture: the kernel itself then says what left and what came, on any kind of
/// interface, where a comparison of hardware addresses fails on tunnels and bridges.
struct Tap {
  Handle handle;
  bool outgoing = false;
  int fd = -1;
  int link_type = 0;
  std::optional<CapturedPacket> ahead;  ///< read already, and later than what the other tap had
};

Expected<void> apply_filter(pcap_t* handle, const std::string& filter, const std::string& what) {
  bpf_program program{};
  if (pcap_compile(handle, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
    return failure(Errc::invalid_input, fmt::format("{}: filter \"{}\": {}", what, filter, pcap_geterr(handle)));
  const int set = pcap_setfilter(handle, &program);
  pcap_freecode(&program);
  if (set != 0) return failure(Errc::failed, fmt::format("{}: filter \"{}\": {}", what, filter, pcap_geterr(handle)));
  return {};
}

/// Before activation, none of these can fail.
void configure(pcap_t* handle, const CaptureOptions& options) {
  pcap_set_snaplen(handle, static_cast<int>(std::min(options.snap_length, 262144U)));
  pcap_set_promisc(handle, 0);
  pcap_set_immediate_mode(handle, 1);  // each packet at once, not when a block of them is full
  pcap_set_buffer_size(handle, static_cast<int>(std::min(options.buffer_bytes, 1U << 26U)));
  pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);  // not every system can; the handle is asked later
}

Expected<Tap> open_tap(const CaptureOptions& options, bool outgoing, const std::string& what) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  Tap tap{.handle = Handle(pcap_create(options.interface.c_str(), error.data())), .outgoing = outgoing};
  pcap_t* handle = tap.handle.get();
  if (handle == nullptr) return failure(Errc::failed, what + ": " + error.data());
  configure(handle, options);
  if (const int active = pcap_activate(handle); active < 0) return pcap_failure(what, handle, active);
  // Of all interfaces at once, the second version of the cooked header tells which one it was; an old library has the first alone.
  if (pcap_datalink(handle) == DLT_LINUX_SLL) static_cast<void>(pcap_set_datalink(handle, DLT_LINUX_SLL2));
  tap.link_type = pcap_datalink(handle);
  if (!is_known_link_type(tap.link_type))
    return failure(Errc::unsupported, fmt::format("{}: link type {} is unknown", what, tap.link_type));
  if (const int set = pcap_setdirection(handle, outgoing ? PCAP_D_OUT : PCAP_D_IN); set != 0) return pcap_failure(what, handle, set);
  if (auto filtered = apply_filter(handle, options.filter, what); !filtered) return tl::unexpected(filtered.error());
  if (const int set = pcap_setnonblock(handle, 1, error.data()); set != 0) return failure(Errc::failed, what + ": " + error.data());
  tap.fd = pcap_get_selectable_fd(handle);
  if (tap.fd < 0) return failure(Errc::unsupported, what + ": it cannot be waited for");
  return tap;
}

std::chrono::nanoseconds since_epoch(pcap_t* handle, const timeval& stamp) {
  const bool nano = pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO;
  return seconds(stamp.tv_sec) + (nano ? std::chrono::nanoseconds(stamp.tv_usec) : std::chrono::nanoseconds(microseconds(stamp.tv_usec)));
}

class PcapCapture : public Capture {
 public:
  PcapCapture(Tap in, Tap out, CaptureOptions options, const Clock& clock)
      : taps_{std::move(in), std::move(out)}, options_(std::move(options)), what_("capture on " + options_.interface), clock_(clock) {}

  Expected<std::optional<CapturedPacket>> next(Deadline deadline) override {
    for (;;) {
      for (auto& tap : taps_)
        if (auto read = read_ahead(tap); !read) return tl::unexpected(read.error());
      if (Tap* first = earliest()) return std::exchange(first->ahead, std::nullopt);
      if (deadline.passed(clock_)) return std::optional<CapturedPacket>{};
      if (auto waited = wait(deadline); !waited) return tl::unexpected(waited.error());
    }
  }

  CaptureCounters counters() override {
    CaptureCounters sum;
    for (auto& tap : taps_) {
      pcap_stat stat{};
      if (pcap_stats(tap.handle.get(), &stat) != 0) continue;
      sum.received += stat.ps_recv;
      sum.dropped += stat.ps_drop;
    }
    return sum;
  }

 private:
  Tap* earliest() {
    auto& [in, out] = taps_;
    if (in.ahead && out.ahead) return out.ahead->at < in.ahead->at ? &out : &in;
    return in.ahead ? &in : out.ahead ? &out : nullptr;
  }

  Expected<void> wait(Deadline deadline) {
    const auto left = std::max(std::chrono::nanoseconds{0}, std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.at - clock_.now()));
    const auto whole = std::chrono::duration_cast<seconds>(left);
    const timespec timeout{.tv_sec = whole.count(), .tv_nsec = (left - whole).count()};
    std::array<pollfd, 2> entries{pollfd{taps_[0].fd, POLLIN, 0}, pollfd{taps_[1].fd, POLLIN, 0}};
    if (::ppoll(entries.data(), entries.size(), &timeout, nullptr) < 0 && errno != EINTR) return system_failure("wait for " + what_, errno);
    return {};
  }

  /// One packet that is IP, if there is one already.
  Expected<void> read_ahead(Tap& tap) {
    while (!tap.ahead) {
      pcap_pkthdr* header = nullptr;
      const unsigned char* data = nullptr;
      const int got = pcap_next_ex(tap.handle.get(), &header, &data);
      if (got == 0) return {};
      if (got < 0) return failure(Errc::failed, what_ + ": " + pcap_geterr(tap.handle.get()));
      tap.ahead = convert(tap, *header, std::as_bytes(std::span(data, header->caplen)));
    }
    return {};
  }

  std::optional<CapturedPacket> convert(const Tap& tap, const pcap_pkthdr& header, std::span<const std::byte> frame) {
    const auto unwrapped = unwrap(tap.link_type, frame);
    if (!unwrapped) return std::nullopt;
    CapturedPacket packet;
    packet.at = instant(since_epoch(tap.handle.get(), header.ts));
    packet.outgoing = tap.outgoing;
    packet.interface = interface_of(*unwrapped);
    packet.of_vlan = unwrapped->of_vlan;
    packet.bytes.assign(frame.begin() + static_cast<std::ptrdiff_t>(unwrapped->offset), frame.end());
    packet.original_length = header.len - static_cast<unsigned>(unwrapped->offset);
    return packet;
  }

  /// The kernel stamps with the wall clock, which may be set while we watch (a Raspberry Pi learns the time after it has booted): the
  /// offset between the clocks is measured when the packet is read, moments after it was stamped.
  [[nodiscard]] Instant instant(std::chrono::nanoseconds stamp) const {
    const auto now = clock_.now();
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    const auto age = std::max(std::chrono::nanoseconds{0}, std::chrono::duration_cast<std::chrono::nanoseconds>(wall) - stamp);
    return now - std::chrono::duration_cast<Instant::duration>(age);
  }

  [[nodiscard]] std::optional<std::string> interface_of(const Unwrapped& unwrapped) {
    if (unwrapped.interface_index)
      if (auto name = name_of(*unwrapped.interface_index)) return name;
    return options_.interface == "any" ? std::nullopt : std::optional<std::string>(options_.interface);
  }

  /// The name that it had with its first packet: the question costs more than the packet.
  std::optional<std::string> name_of(unsigned index) {
    if (const auto known = names_.find(index); known != names_.end()) return known->second;
    auto name = interface_name(index);
    if (name) names_.emplace(index, *name);
    return name;
  }

  std::array<Tap, 2> taps_;
  std::map<unsigned, std::string> names_;   ///< of interfaces, by their index
  CaptureOptions options_;
  std::string what_;
  const Clock& clock_;
};

}  // namespace

Expected<std::unique_ptr<Capture>> open_pcap_capture(const CaptureOptions& options, const Clock& clock) {
  const auto what = "capture on " + options.interface;
  auto in = open_tap(options, false, what);
  if (!in) return tl::unexpected(in.error());
  auto out = open_tap(options, true, what);
  if (!out) return tl::unexpected(out.error());
  return std::make_unique<PcapCapture>(std::move(*in), std::move(*out), options, clock);
}

}  // namespace ringback::io
