#pragma once
#include "io/network.hpp"

namespace ringback::io {

/// Needs CAP_NET_RAW; otherwise Errc::not_permitted.
[[nodiscard]] Expected<std::unique_ptr<Capture>> open_pcap_capture(const CaptureOptions& options, const Clock& clock);

}  // namespace ringback::io
