#include "io/capture_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pcap/pcap.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/unique_fd.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t buffer_bytes = 512 * 1024;
constexpr std::uint32_t most_captured = 262144;   // of one packet; what libpcap and Wireshark allow

constexpr std::uint32_t magic_micro = 0xa1b2c3d4, magic_nano = 0xa1b23c4d, magic_patched = 0xa1b2cd34, magic_ng = 0x0a0d0d0a;

class FileSource : public ByteSource {
 public:
  FileSource(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Expected<std::size_t> read(std::span<std::byte> into) override {
    const auto got = retry([&] { return ::read(fd_.get(), into.data(), into.size()); });
    if (got < 0) return system_failure("read " + path_, errno);
    return static_cast<std::size_t>(got);
  }

 private:
  UniqueFd fd_;
  std::string path_;
};

/// LINKTYPE_* to DLT_*: the same number but where systems had used it otherwise (pcap-linktype(7)).
int data_link_type(std::uint32_t link_type) {
  constexpr std::uint32_t linktype_raw = 101;
  return link_type == linktype_raw ? DLT_RAW : static_cast<int>(link_type);
}

/// What people take for a capture, by its first bytes.
const char* other_kind(std::span<const std::byte> head) {
  struct Kind {
    std::string_view magic;
    const char* says;
  };
  static constexpr Kind kinds[] = {
      {"\x1f\x8b", "it is compressed with gzip; unpack it first: gunzip FILE"},
      {"\x28\xb5\x2f\xfd", "it is compressed with zstd; unpack it first: unzstd FILE"},
      {"\xfd" "7zXZ", "it is compressed with xz; unpack it first: unxz FILE"},
      {"PK\x03\x04", "it is a ZIP archive; unpack it first"},
      {std::string_view("snoop\0\0\0", 8), "it is a snoop capture; convert it first: editcap -F pcap FILE OTHER"},
  };
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  for (const auto& kind : kinds)
    if (text.starts_with(kind.magic)) return kind.says;
  return "it is neither pcap nor pcapng; write one with tcpdump -w FILE";
}

}  // namespace

Expected<std::unique_ptr<ByteSource>> open_source(const std::string& path) {
  const bool standard = path == "-";
  UniqueFd fd(
      retry([&] { return standard ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY); }));
  if (!fd) return system_failure("open " + (standard ? "standard input" : path), errno);
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);   // a hint; pipes have none
  return std::make_unique<FileSource>(std::move(fd), standard ? "standard input" : path);
}

CaptureFile::CaptureFile(std::unique_ptr<ByteSource> source) : source_(std::move(source)), buffer_(buffer_bytes) {}

Expected<CaptureFile> CaptureFile::open(std::unique_ptr<ByteSource> source) {
  CaptureFile file(std::move(source));
  if (auto read = file.read_heading(); !read) return tl::unexpected(read.error());
  return file;
}

Expected<std::span<const std::byte>> CaptureFile::peek(std::size_t size) {
  if (end_ - begin_ < size && !at_end_) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    while (end_ < size && !at_end_) {
      const auto got = source_->read(std::span(buffer_).subspan(end_));
      if (!got) return tl::unexpected(got.error());
      end_ += *got;
      at_end_ = *got == 0;
    }
  }
  return std::span<const std::byte>(buffer_).subspan(begin_, std::min(size, end_ - begin_));
}

void CaptureFile::take(std::size_t size) {
  begin_ += size;
  offset_ += size;
}

Expected<void> CaptureFile::skip(std::uint64_t size) {
  const auto start = offset_, wanted = size;
  while (size > 0) {
    const auto there = peek(std::min<std::uint64_t>(size, buffer_bytes));
    if (!there) return tl::unexpected(there.error());
    if (there->empty()) {
      offset_ = start;   // the error names where it begins
      return cut_short(static_cast<std::size_t>(wanted - size), wanted);
    }
    size -= there->size();
    take(there->size());
  }
  return {};
}

std::uint32_t CaptureFile::u32(std::span<const std::byte> from, std::size_t at) const {
  std::uint32_t value = 0;
  std::memcpy(&value, from.data() + at, sizeof value);
  return swapped_ ? __builtin_bswap32(value) : value;
}

std::uint16_t CaptureFile::u16(std::span<const std::byte> from, std::size_t at) const {
  std::uint16_t value = 0;
  std::memcpy(&value, from.data() + at, sizeof value);
  return swapped_ ? __builtin_bswap16(value) : value;
}

tl::unexpected<Error> CaptureFile::broken(const std::string& what) {
  failed_ = true;
  return failure(Errc::malformed, fmt::format("packet {} at byte {}: {}", records_ + 1, offset_, what));
}

tl::unexpected<Error> CaptureFile::cut_short(std::size_t there, std::uint64_t wanted) {
  return broken(fmt::format("the file ends in the middle of it, {} of {} bytes are there", there, wanted));
}

Expected<void> CaptureFile::read_heading() {
  static_assert(std::endian::native == std::endian::little || std::endian::native == std::endian::big);
  const auto head = peek(24);
  if (!head) return tl::unexpected(head.error());
  if (head->empty()) return failure(Errc::invalid_input, "it is empty");
  const auto magic = head->size() >= 4 ? u32(*head, 0) : 0;
  ng_ = magic == magic_ng;
  if (ng_) return {};   // the first block is the section header, which begin_section reads
  for (const auto known : {magic_micro, magic_nano, magic_patched}) {
    if (magic != known && magic != __builtin_bswap32(known)) continue;
    swapped_ = magic != known;
    nanoseconds_ = known == magic_nano;
    if (known == magic_patched) record_header_ = 24;   // interface index, protocol and packet type follow
    if (head->size() < 24)
      return failure(Errc::invalid_input, fmt::format("the heading of a pcap file has 24 bytes, and {} are there", head->size()));
    if (const auto version = u16(*head, 4); version != 2)
      return failure(Errc::invalid_input, fmt::format("pcap version {} is not known, version 2 is", version));
    interfaces_.push_back({.link_type = data_link_type(u32(*head, 20) & 0xffffU), .snap_length = u32(*head, 16)});
    take(24);
    return {};
  }
  return failure(Errc::invalid_input, other_kind(*head));
}

Expected<bool> CaptureFile::next(Record& into) {
  if (failed_) return false;
  const auto got = ng_ ? next_block(into) : next_classic(into);
  if (!got) failed_ = true;
  return got;
}

Expected<bool> CaptureFile::next_classic(Record& into) {
  // Nearly always both are in the buffer already; this is where a large file spends its time.
  if (end_ - begin_ < record_header_) {
    const auto header = peek(record_header_);
    if (!header) return tl::unexpected(header.error());
    if (header->empty()) return false;
    if (header->size() < record_header_) return cut_short(header->size(), record_header_);
  }
  const auto header = std::span<const std::byte>(buffer_).subspan(begin_, record_header_);
  const auto seconds = u32(header, 0), fraction = u32(header, 4), captured = u32(header, 8), length = u32(header, 12);
  if (captured > most_captured) return broken(fmt::format("it claims to hold {} bytes, more than any packet has", captured));
  const auto size = record_header_ + captured;
  if (end_ - begin_ < size) {
    const auto whole = peek(size);
    if (!whole) return tl::unexpected(whole.error());
    if (whole->size() < size) return cut_short(whole->size(), size);
  }
  into.number = ++records_;
  into.offset = offset_;
  into.at = std::chrono::seconds(seconds) + std::chrono::nanoseconds(std::uint64_t{fraction} * (nanoseconds_ ? 1U : 1000U));
  into.link_type = interfaces_.front().link_type;
  into.interface = 0;
  into.length = length;
  into.outgoing.reset();
  into.frame = std::span<const std::byte>(buffer_).subspan(begin_ + record_header_, captured);
  take(size);
  return true;
}

}  // namespace ringback::io
