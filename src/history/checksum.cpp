#include "history/checksum.hpp"

#include <zlib.h>

namespace ringback::history {

std::int64_t checksum(std::string_view text) { return static_cast<std::int64_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size())); }

}  // namespace ringback::history
