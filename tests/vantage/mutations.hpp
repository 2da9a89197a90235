#pragma once
/// Requests as somebody would send them who wants a vantage point to send packets to a third party.
#include <random>
#include <string>

#include "wire/reader.hpp"

namespace ringback::test {

class Mutations {
 public:
  explicit Mutations(std::uint32_t seed) : random_(seed) {}
  /// One or two requests of HTTP, with other targets in headers, keys, hosts and paths, other framing, and bytes changed.
  std::string http();
  /// A STUN request with attributes that name other addresses and ports, and bytes changed.
  wire::Bytes stun();
  /// 0 to `below` - 1.
  std::size_t pick(std::size_t below) { return random_() % below; }

 private:
  template <class Choices>
  std::string one_of(const Choices& choices) {
    return std::string(choices[pick(std::size(choices))]);
  }
  bool one_in(std::size_t count) { return pick(count) == 0; }
  std::string knocks();
  std::string request();
  std::string framed(const std::string& body);
  template <class Text>
  void change_bytes(Text& text);

  std::mt19937 random_;
};

}  // namespace ringback::test
