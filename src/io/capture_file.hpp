#pragma once
/// Reads capture files record by record: pcap (pcap-savefile(5)) with micro- and nanoseconds and in the patched form of older home routers,
/// and pcapng (draft-ietf-opsawg-pcapng), in either byte order. Not by libpcap, because that tells no offsets, refuses files whose
/// interfaces differ in kind, and does not hand out what pcapng knows of a packet's direction. Bytes are hostile: memory is bounded.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/expected.hpp"

namespace ringback::io {

/// Where the bytes come from.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// As many as there are, up to the size of `into`; 0: the end.
  virtual Expected<std::size_t> read(std::span<std::byte> into) = 0;
};

/// "-" is standard input.
[[nodiscard]] Expected<std::unique_ptr<ByteSource>> open_source(const std::string& path);

struct Record {
  std::uint64_t number = 0;              ///< the first packet of the file is 1
  std::uint64_t offset = 0;              ///< of its header in the file
  std::chrono::nanoseconds at{};         ///< since the Unix epoch
  int link_type = 0;                     ///< DLT_*
  unsigned interface = 0;                ///< by its place in the file
  std::uint32_t length = 0;              ///< of the frame on the wire
  std::optional<bool> outgoing;          ///< where the file itself tells (pcapng, epb_flags)
  std::span<const std::byte> frame;      ///< as far as it was captured; until the next call
};

class CaptureFile {
 public:
  /// Reads the heading. Errc::invalid_input: no capture file, or one of a kind that is not read, and which.
  static Expected<CaptureFile> open(std::unique_ptr<ByteSource> source);

  /// False: the end. An error names the record and its offset; after one the file is at its end.
  Expected<bool> next(Record& into);

  [[nodiscard]] const char* format() const { return ng_ ? "pcapng" : "pcap"; }
  /// Records read so far.
  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  struct Interface {
    int link_type = 0;
    std::uint32_t snap_length = 0;
    std::uint8_t resolution = 6;         ///< if_tsresol
    std::int64_t offset_seconds = 0;     ///< if_tsoffset
  };

  explicit CaptureFile(std::unique_ptr<ByteSource> source);
  Expected<void> read_heading();
  Expected<bool> next_classic(Record& into);
  Expected<bool> next_block(Record& into);
  Expected<void> begin_section();
  Expected<void> add_interface(std::span<const std::byte> body);
  Expected<bool> enhanced(std::span<const std::byte> body, bool obsolete, Record& into);
  Expected<bool> simple(std::span<const std::byte> body, Record& into);

  /// The next `size` bytes, as many of them as there are before the end; they stay until the next call.
  Expected<std::span<const std::byte>> peek(std::size_t size);
  void take(std::size_t size);
  Expected<void> skip(std::uint64_t size);
  [[nodiscard]] std::uint32_t u32(std::span<const std::byte> from, std::size_t at) const;
  [[nodiscard]] std::uint16_t u16(std::span<const std::byte> from, std::size_t at) const;
  tl::unexpected<Error> broken(const std::string& what);
  tl::unexpected<Error> cut_short(std::size_t there, std::uint64_t wanted);

  std::unique_ptr<ByteSource> source_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0, end_ = 0;      ///< what is in the buffer and not taken yet
  std::uint64_t offset_ = 0;             ///< in the file, of `begin_`
  bool at_end_ = false, failed_ = false;
  bool ng_ = false, swapped_ = false, nanoseconds_ = false;
  std::size_t record_header_ = 16;
  std::uint64_t records_ = 0;
  std::vector<Interface> interfaces_;
};

}  // namespace ringback::io
