#pragma once
/// What arrives at a network card for a service, and what answers it: plain values.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "net/service.hpp"

namespace ringback::arrivals {

/// Since the Unix epoch, by the clock of whoever captured.
using Time = std::chrono::microseconds;

/// Where an attempt came from. Only `outside` proves anything.
enum class Origin {
  outside,      ///< an address of the internet that is not this household's
  lan,          ///< the same link, or a prefix that the router calls the home's: another machine of the home network
  router,       ///< the home router's own address, inside or outside: a visitor whose real source it hides, or somebody at home who used
                ///< the public address
  near,         ///< by its hop limit or its address it may have been sent from this house: it may be a visitor, and proves nothing
  unroutable,   ///< an address that the internet does not route: another network of the household, or a router that hides the real source
  self,         ///< this host itself
  outgoing,     ///< not an arrival at all: begun at home
};
constexpr auto enum_names(Origin) {
  using enum Origin;
  using N = EnumName<Origin>;
  return std::array{N{outside, "outside"},       N{lan, "lan"},   N{router, "router"},    N{near, "near"},
                    N{unroutable, "unroutable"}, N{self, "self"}, N{outgoing, "outgoing"}};
}

enum class Answer { none, syn_ack, reset, unreachable, datagram };
constexpr auto enum_names(Answer) {
  using enum Answer;
  using N = EnumName<Answer>;
  return std::array{N{none, "none"}, N{syn_ack, "syn-ack"}, N{reset, "reset"}, N{unreachable, "unreachable"}, N{datagram, "datagram"}};
}

/// One attempt: a TCP connection that somebody opens, with its repetitions, or the datagrams of one UDP sender.
struct Attempt {
  std::uint64_t id = 0;                    ///< from 1, in the order of arrival
  Protocol protocol = Protocol::tcp;
  Endpoint from, to;                       ///< as captured: `to` is what a router may have translated it to
  Origin origin = Origin::outside;
  Time at{};                               ///< of its first packet
  std::string interface;                   ///< where it arrived, if that is known
  Ttl hop_limit = 0;
  std::uint32_t tries = 1;                 ///< its packets that open, repetitions included; of UDP all that came
  Answer answer = Answer::none;
  std::uint32_t answers = 0;               ///< repetitions included
  std::string answered_on;                 ///< the interface where the first answer left, if that is known
  bool answered_there = false;             ///< the answer was seen on the interface where the attempt arrived
  std::optional<Address> answered_by;      ///< of an ICMP error: who sent it
  std::optional<unsigned> icmp_type, icmp_code;
  bool reached = false;                    ///< of TCP: the answer got there, because the visitor reacted to it
  bool tried_again = false;                ///< of TCP: after the answer, which therefore did not get there
  bool settled = false;                    ///< its fate is known

  [[nodiscard]] Family family() const { return to.address.family(); }
  bool operator==(const Attempt&) const = default;
};

}  // namespace ringback::arrivals
