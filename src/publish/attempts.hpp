#pragma once
/// Trying again, for a while: networks at home fail for a moment, and a check that runs from a timer has one chance in five minutes.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "io/network.hpp"

namespace ringback::publish {

/// What came of one attempt.
struct Attempt {
  enum class End {
    done,
    silent,     ///< nobody answered in the time that it had
    failed,     ///< another attempt may do better
    hopeless,   ///< another one would end in the same way
  };
  End end = End::done;
  std::string trouble;   ///< of `failed` and `hopeless`, behind the place: "refuses the connection"
};

[[nodiscard]] Attempt failed(std::string trouble);
[[nodiscard]] Attempt hopeless(std::string trouble);
/// `silent` where that is what the error says.
[[nodiscard]] Attempt failed(const Error& error, std::string trouble);

/// `number` counts from 0. The attempt ends by its deadline, which leaves time for another one.
using Try = std::function<Attempt(std::size_t number, Deadline deadline)>;

/// Five attempts at most, with pauses of 250 ms, 500 ms, … between them, and none after the deadline. nullopt: it is done. Otherwise the trouble,
/// "did not answer in 5 s" where that is all that is known.
[[nodiscard]] std::optional<std::string> try_until(Deadline deadline, const Clock& clock, const Try& once);

/// Where attempts at one host go: each to the next of its addresses, so that a family that is broken here costs one attempt and not all.
class Addresses {
 public:
  Addresses(std::string host, io::Network& network) : host_(std::move(host)), network_(network) {}
  /// Of the `number`th attempt. Names are looked up once, as other programs of this host find them (hosts(5), mDNS).
  [[nodiscard]] Expected<Address> at(std::size_t number, Deadline deadline);

 private:
  std::string host_;
  io::Network& network_;
  std::vector<Address> found_;
};

}  // namespace ringback::publish
