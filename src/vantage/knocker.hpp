#pragma once
/// The sockets of one knock, and what they say. Nothing in here waits: when to send and when to look is the engine's (knock.hpp).
#include <memory>
#include <optional>
#include <span>

#include "base/random.hpp"
#include "vantage/protocol.hpp"

namespace ringback::vantage {

/// What one knock goes from and to. The target is the address that the request came from, and never anything else.
struct KnockPath {
  Address source;
  Address target;
  bool operator==(const KnockPath&) const = default;
};

class Knocker {
 public:
  virtual ~Knocker() = default;
  [[nodiscard]] virtual const Announcement& announcement() const = 0;
  /// When the attempts go out, after the first; ascending.
  [[nodiscard]] virtual std::span<const milliseconds> schedule() const = 0;
  /// Descriptors to watch; attempt n uses the n-th, or the only one there is.
  [[nodiscard]] virtual std::vector<int> descriptors() const = 0;
  /// Whether an answer makes the descriptor writable (connect(2), which answers once) or readable.
  [[nodiscard]] virtual bool answers_by_write() const = 0;

  /// Sends; an outcome when that decides the knock.
  virtual std::optional<Outcome> attempt(std::size_t n) = 0;
  /// What descriptor n has to say since it became ready; nullopt: nothing that decides.
  virtual std::optional<Outcome> look(std::size_t n) = 0;
};

/// Opens and binds every socket that the knock needs, and sends nothing.
[[nodiscard]] Expected<std::unique_ptr<Knocker>> open_knocker(const KnockSpec& spec, const KnockPath& path, Random& random);

// One for each protocol; use open_knocker.
[[nodiscard]] Expected<std::unique_ptr<Knocker>> open_tcp_knocker(Announcement announcement);
[[nodiscard]] Expected<std::unique_ptr<Knocker>> open_udp_knocker(Announcement announcement);
[[nodiscard]] Expected<std::unique_ptr<Knocker>> open_echo_knocker(Announcement announcement, Random& random);

/// When UDP and ICMP knocks are sent, from one socket.
inline constexpr std::array datagram_schedule{milliseconds{0}, milliseconds{150}, milliseconds{400}, milliseconds{800}, milliseconds{1400}};
/// What they carry.
[[nodiscard]] std::string knock_payload(const std::string& nonce);

}  // namespace ringback::vantage
