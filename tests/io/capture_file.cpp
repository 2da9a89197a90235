/// pcapng block by block, as it may be written by others (draft-ietf-opsawg-pcapng §3 and §4), and what is wrong with a file told with its
/// place. Whole files are read in tests/watch/read.cpp.
#include "io/capture_file.hpp"

#include <pcap/pcap.h>

#include <functional>

#include "support/catch.hpp"
#include "support/fixture.hpp"

using namespace ringback;
using namespace ringback::test;
using namespace std::chrono_literals;

namespace {

using Bytes = std::vector<std::byte>;
using Nanoseconds = std::chrono::nanoseconds;

class Memory : public io::ByteSource {
 public:
  explicit Memory(Bytes bytes) : bytes_(std::move(bytes)) {}
  Expected<std::size_t> read(std::span<std::byte> into) override {
    const auto size = std::min(into.size(), bytes_.size() - at_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), size, into.begin());
    at_ += size;
    return size;
  }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

/// Writes in one byte order, whatever this machine's is.
class Writing {
 public:
  explicit Writing(bool big) : big_(big) {}
  Writing& number(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) bytes_.push_back(static_cast<std::byte>(value >> 8U * (big_ ? size - 1 - i : i) & 0xffU));
    return *this;
  }
  Writing& u16(std::uint64_t value) { return number(value, 2); }
  Writing& u32(std::uint64_t value) { return number(value, 4); }
  Writing& u64(std::uint64_t value) { return number(value, 8); }
  Writing& put(const Bytes& more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  Writing& pad() {
    bytes_.resize((bytes_.size() + 3) / 4 * 4);
    return *this;
  }
  Writing& option(unsigned code, const Bytes& value) { return u16(code).u16(value.size()).put(value).pad(); }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  bool big_;
  Bytes bytes_;
};

/// A pcapng file that grows block by block.
class File {
 public:
  File& section(bool big = false, unsigned version = 1) {
    big_ = big;
    return block(0x0a0d0d0a, Writing(big).u32(0x1a2b3c4d).u16(version).u16(0).u64(~0ULL));
  }
  File& interface(unsigned link_type, const Bytes& options = {}, std::uint32_t snap_length = 0) {
    return block(1, w().u16(link_type).u16(0).u32(snap_length).put(options));
  }
  File& enhanced(unsigned interface, std::uint64_t time, const std::string& frame, const Bytes& options = {}) {
    return block(6, w().u32(interface).u32(time >> 32U).u32(time & 0xffffffffU).u32(frame.size()).u32(frame.size() + 100).put(to_bytes(frame)).pad()
                        .put(options));
  }
  File& obsolete(unsigned interface, std::uint64_t time, const std::string& frame, const Bytes& options = {}) {
    return block(2, w().u16(interface).u16(7).u32(time >> 32U).u32(time & 0xffffffffU).u32(frame.size()).u32(frame.size() + 100).put(to_bytes(frame))
                        .pad().put(options));
  }
  File& simple(std::uint32_t length, const std::string& frame) { return block(3, w().u32(length).put(to_bytes(frame)).pad()); }
  File& block(std::uint32_t type, const Writing& body, std::uint32_t longer_by = 0) {
    const auto length = static_cast<std::uint32_t>(body.bytes().size() + 12);
    const auto whole = w().u32(type).u32(length).put(body.bytes()).u32(length + longer_by).bytes();
    bytes_.insert(bytes_.end(), whole.begin(), whole.end());
    return *this;
  }
  [[nodiscard]] Writing w() const { return Writing(big_); }
  [[nodiscard]] Bytes option(unsigned code, std::uint64_t value, unsigned size) const {
    return w().option(code, w().number(value, size).bytes()).bytes();
  }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  bool big_ = false;
  Bytes bytes_;
};

/// A record with its own copy of the frame.
struct Kept {
  io::Record record;
  std::string frame;
};
struct ReadFile {
  std::vector<Kept> records;
  std::string trouble;   ///< of the heading, too
};

ReadFile read_all(const Bytes& bytes) {
  ReadFile result;
  auto file = io::CaptureFile::open(std::make_unique<Memory>(bytes));
  if (!file) return {{}, file.error().what};
  io::Record record;
  for (;;) {
    const auto more = file->next(record);
    if (!more) result.trouble = more.error().what;
    if (!more || !*more) break;
    result.records.push_back({record, std::string(reinterpret_cast<const char*>(record.frame.data()), record.frame.size())});
  }
  CHECK(file->records() == result.records.size());
  CHECK_FALSE(file->next(record).value());   // after the end, or an error, there is nothing more
  return result;
}

constexpr unsigned name_option = 2, flags_option = 2, resolution_option = 9, offset_option = 14;

}  // namespace

TEST_CASE("pcapng is the same in either byte order") {
  for (const bool big : {false, true}) {
    INFO("big endian " << big);
    File file;
    file.section(big).interface(1, file.w().option(name_option, to_bytes("eth0")).u32(0).bytes(), 128);
    file.enhanced(0, 1'764'044'718'000'001, "frame", file.option(flags_option, 2, 4));
    const auto read = read_all(file.bytes());
    CHECK(read.trouble.empty());
    REQUIRE(read.records.size() == 1);
    const auto& [record, frame] = read.records.front();
    CHECK(frame == "frame");
    CHECK(record.at == 1'764'044'718s + 1us);
    CHECK(record.length == 105);
    CHECK(record.outgoing == true);
    CHECK(record.link_type == DLT_EN10MB);
    CHECK(record.number == 1);
    CHECK(record.offset == 28 + 32);   // behind the section's heading and the interface
  }
}

TEST_CASE("each section has its own byte order and its own interfaces") {
  File file;
  file.section(false).interface(1).interface(101).enhanced(1, 5'000'000, "one");
  file.section(true).interface(113, file.option(resolution_option, 0, 1)).enhanced(0, 6, "two");
  file.section(false).interface(276).enhanced(0, 7'000'000, "three");
  const auto read = read_all(file.bytes());
  CHECK(read.trouble.empty());
  REQUIRE(read.records.size() == 3);
  const int link_types[] = {DLT_RAW, DLT_LINUX_SLL, DLT_LINUX_SLL2};
  const std::string frames[] = {"one", "two", "three"};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(read.records[i].record.link_type == link_types[i]);
    CHECK(read.records[i].record.at == std::chrono::seconds(5 + i));
    CHECK(read.records[i].record.number == i + 1);
    CHECK(read.records[i].frame == frames[i]);
  }
  SECTION("an interface of the section before is none of this one") {
    const auto before = file.size();
    file.section(true).enhanced(0, 8, "four");
    CHECK(read_all(file.bytes()).trouble ==
          "packet 4 at byte " + std::to_string(before + 28) + ": it belongs to interface 0, which the file does not describe");
  }
}

TEST_CASE("times are counted in the units that the interface names, from where it says") {
  struct Row {
    std::optional<unsigned> resolution;   ///< if_tsresol
    std::int64_t offset;                  ///< if_tsoffset
    std::uint64_t units;
    Nanoseconds at;
  };
  const Row rows[] = {
      {{}, 0, 1'500'000, 1500ms},
      {0, 0, 3, 3s},
      {3, 0, 1'500, 1500ms},
      {6, 0, 1'500'000, 1500ms},
      {9, 0, 1'500'000'001, 1500ms + 1ns},
      {12, 0, 1'500'000'001'999, 1500ms + 1ns},   // what a nanosecond does not hold is dropped
      {0x80, 0, 3, 3s},
      {0x80 | 1, 0, 3, 1500ms},
      {0x80 | 20, 0, (1U << 20U) + (1U << 18U), 1250ms},
      {0x80 | 32, 0, 0x1'8000'0000, 1500ms},
      {0x80 | 40, 0, 0x180'0000'0000, 1500ms},
      {0x80 | 63, 0, 0xc000'0000'0000'0000, 1500ms},
      {0x80 | 64, 0, ~0ULL, 999'999'999ns},
      {0x80 | 127, 0, ~0ULL, 0ns},
      {19, 0, 15'000'000'000'000'000'000U, 1500ms},
      {20, 0, ~0ULL, 0ns},   // less than a second in all that 64 bits hold: not worth more
      {{}, 100, 1'500'000, 101'500ms},
      {9, -1, 1'500'000'000, 500ms},
      {{}, -100, 1'500'000, 500ms},   // before 1970: the second is cut, so that nothing overflows
      {0, 0, ~0ULL, 9'000'000'000s},
      {0, std::numeric_limits<std::int64_t>::max(), 1, 1'000'000'001s},
      {0, std::numeric_limits<std::int64_t>::min(), 1, 0s},
  };
  for (const bool big : {false, true})
    for (const auto& row : rows) {
      INFO("resolution " << row.resolution.value_or(999) << " units " << row.units << " offset " << row.offset);
      File file;
      file.section(big);
      Writing options = file.w();
      if (row.resolution) options.put(file.option(resolution_option, *row.resolution, 1));
      if (row.offset != 0) options.put(file.option(offset_option, static_cast<std::uint64_t>(row.offset), 8));
      file.interface(1, options.bytes()).enhanced(0, row.units, "x");
      const auto read = read_all(file.bytes());
      REQUIRE(read.records.size() == 1);
      CHECK(read.records.front().record.at == row.at);
    }
}

TEST_CASE("simple packet blocks belong to the first interface, and hold what its snapshot length lets through") {
  File file;
  file.section().interface(101, {}, 4).interface(1).simple(3, "abc").simple(900, "abcd");
  const auto read = read_all(file.bytes());
  CHECK(read.trouble.empty());
  REQUIRE(read.records.size() == 2);
  CHECK(read.records[0].frame == "abc");   // without what pads the block
  CHECK(read.records[1].frame == "abcd");
  CHECK(read.records[1].record.length == 900);
  CHECK(read.records[1].record.link_type == DLT_RAW);
  CHECK_FALSE(read.records[1].record.outgoing);
}

TEST_CASE("obsolete packet blocks are read as those that took their place") {
  for (const bool big : {false, true}) {
    File file;
    file.section(big).interface(1).interface(101).obsolete(1, 2'000'000, "old", file.option(flags_option, 1, 4));
    const auto read = read_all(file.bytes());
    CHECK(read.trouble.empty());
    REQUIRE(read.records.size() == 1);
    CHECK(read.records[0].frame == "old");
    CHECK(read.records[0].record.at == 2s);
    CHECK(read.records[0].record.length == 103);
    CHECK(read.records[0].record.link_type == DLT_RAW);
    CHECK(read.records[0].record.outgoing == false);
  }
}

TEST_CASE("blocks of no concern are passed over, however long") {
  File file;
  file.section().interface(1);
  for (const std::uint32_t type : {4U, 5U, 10U, 0xbadU, 0x40000badU, 0x0a0d0a0aU}) file.block(type, file.w().put(Bytes(600'000)));
  file.enhanced(0, 0, "x");
  CHECK(read_all(file.bytes()).records.size() == 1);
}

TEST_CASE("options that are cut or that lie about their length end the options, not the file") {
  File file;
  file.section().interface(1, file.w().u16(resolution_option).u16(60000).u32(0).bytes());
  file.enhanced(0, 1'000'000, "x", file.w().u16(flags_option).u16(4).bytes());
  file.enhanced(0, 2'000'000, "y", file.w().u16(77).u16(60000).u32(0).bytes());
  const auto read = read_all(file.bytes());
  REQUIRE(read.records.size() == 2);
  CHECK(read.records[0].record.at == 1s);
  CHECK_FALSE(read.records[0].record.outgoing);
  CHECK(read.trouble.empty());
}

TEST_CASE("what is wrong with a block is told with the byte where it begins, and what came before it stands") {
  struct Row {
    const char* what;
    std::function<void(File&)> add;
    const char* says;   ///< behind "packet 2 at byte N: "
  };
  const Row rows[] = {
      {"the two lengths", [](File& f) { f.block(6, f.w().u32(0).u64(0).u32(0).u32(0), 4); }, "the block's two lengths differ"},
      {"a length that is no multiple of four", [](File& f) { f.block(6, f.w().u32(0).u64(0).u32(0).u32(0).u16(0)); }, "a block of 34 bytes"},
      {"more than the block has", [](File& f) { f.block(6, f.w().u32(0).u64(0).u32(64).u32(64)); }, "it claims to hold 64 bytes, its block has 0"},
      {"more than any packet has", [](File& f) { f.block(6, f.w().u32(0).u64(0).u32(300'000).u32(0).put(Bytes(300'000))); },
       "it claims to hold 300000 bytes, its block has 300000"},
      {"a block that is longer than any", [](File& f) { f.block(6, f.w().put(Bytes(400'000))); }, "a block of 400012 bytes, more than any packet has"},
      {"an unknown interface", [](File& f) { f.enhanced(9, 0, "x"); }, "it belongs to interface 9, which the file does not describe"},
      {"the same of an obsolete block", [](File& f) { f.obsolete(9, 0, "x"); }, "it belongs to interface 9, which the file does not describe"},
      {"too short", [](File& f) { f.block(6, f.w().u32(0)); }, "a packet's block that is too short"},
      {"too short, a simple one", [](File& f) { f.block(3, f.w()); }, "a packet's block that is too short"},
      {"too short, an interface", [](File& f) { f.block(1, f.w().u32(1)); }, "the description of an interface is too short"},
      {"no byte order", [](File& f) { f.block(0x0a0d0d0a, f.w().u32(0x11223344).u64(1).u32(0)); },
       "the section that begins here has no byte order mark"},
      {"a later version", [](File& f) { f.section(true, 2); }, "pcapng version 2 is not known, version 1 is"},
      {"the end in its middle", [](File& f) { f.block(6, f.w().put(Bytes(40)), 0); }, nullptr},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    File file;
    file.section().interface(1).enhanced(0, 0, "first");
    const auto at = file.size();
    row.add(file);
    auto bytes = file.bytes();
    if (row.says == nullptr) bytes.resize(at + 20);
    const auto read = read_all(bytes);
    REQUIRE(read.records.size() == 1);
    CHECK(read.records.front().frame == "first");
    CHECK(read.trouble == "packet 2 at byte " + std::to_string(at) + ": " +
                              (row.says != nullptr ? row.says : "the file ends in the middle of it, 20 of 52 bytes are there"));
  }
  SECTION("in a block that is passed over: where that begins") {
    File file;
    file.section().interface(1).enhanced(0, 0, "first");
    const auto at = file.size();
    auto bytes = file.block(4, file.w().put(Bytes(1'000'000))).bytes();
    bytes.resize(at + 700'000);
    CHECK(read_all(bytes).trouble == "packet 2 at byte " + std::to_string(at) + ": the file ends in the middle of it, 700000 of 1000012 bytes are there");
  }
  SECTION("a packet before any interface") {
    File file;
    CHECK(read_all(file.section().simple(1, "x").bytes()).trouble ==
          "packet 1 at byte 28: it belongs to an interface that the file does not describe");
  }
  SECTION("more interfaces than a file is allowed") {
    File file;
    file.section();
    for (unsigned i = 0; i < 1025; ++i) file.interface(1);
    CHECK(read_all(file.bytes()).trouble == "packet 1 at byte " + std::to_string(28 + 1024 * 20) + ": more than 1024 interfaces");
  }
}

TEST_CASE("a file that cannot be read on tells which one") {
  class Broken : public io::ByteSource {
   public:
    Expected<std::size_t> read(std::span<std::byte> into) override {
      if (head_.empty()) return failure(Errc::failed, "read a.pcap: Input/output error");
      const auto size = std::min(into.size(), head_.size());
      std::copy_n(head_.begin(), size, into.begin());
      head_.clear();
      return size;
    }

   private:
    Bytes head_ = File().section().interface(1).enhanced(0, 0, "first").bytes();
  };
  auto file = io::CaptureFile::open(std::make_unique<Broken>()).value();
  io::Record record;
  CHECK(file.next(record).value());
  CHECK(file.next(record).error().what == "read a.pcap: Input/output error");
  CHECK_FALSE(file.next(record).value());
}

TEST_CASE("a source is a file or standard input, and one that is not there says so") {
  CHECK(io::open_source("-"));
  CHECK(io::open_source("/nonexistent/a.pcap").error().what == "open /nonexistent/a.pcap: No such file or directory");
}
