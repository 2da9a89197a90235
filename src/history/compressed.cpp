#include "history/compressed.hpp"

#include <zlib.h>

#include <array>
#include <new>

namespace ringback::history {
namespace {

constexpr std::size_t longest_text = 64U << 20U;

const Bytef* as_bytes(const std::string& text) { return reinterpret_cast<const Bytef*>(text.data()); }

struct Inflation {
  z_stream stream{};
  bool ready = ::inflateInit(&stream) == Z_OK;
  Inflation() = default;
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;
  ~Inflation() {
    if (ready) ::inflateEnd(&stream);
  }
};

}  // namespace

std::string compressed(const std::string& text) {
  uLongf size = ::compressBound(text.size());
  std::string bytes(size, '\0');
  if (::compress(reinterpret_cast<Bytef*>(bytes.data()), &size, as_bytes(text), text.size()) != Z_OK) throw std::bad_alloc();   // its only failure here
  bytes.resize(size);
  return bytes;
}

Expected<std::string> expanded(const std::string& bytes) {
  Inflation inflation;
  if (!inflation.ready) throw std::bad_alloc();
  auto& stream = inflation.stream;
  stream.next_in = const_cast<Bytef*>(as_bytes(bytes));   // zlib only reads it
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  std::array<char, 65536> part{};
  for (int status = Z_OK; status != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = part.size();
    status = ::inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) return failure(Errc::malformed, "a stored report is damaged");
    text.append(part.data(), part.size() - stream.avail_out);
    if (text.size() > longest_text) return failure(Errc::malformed, "a stored report is longer than 64 MiB");
  }
  return text;
}

}  // namespace ringback::history
