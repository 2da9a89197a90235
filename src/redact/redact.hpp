#pragma once
/// Evidence without what identifies the household. Pure: the same evidence has the same masks, and nothing is remembered from one report to
/// the next.
///
/// Not the report is redacted but the evidence, and that is judged anew: findings, sentences and commands are made of masks then, and cannot
/// say what the evidence does not.
///
/// - An address has a mask of the same family and the same class, so that it is judged as it was. Two masks have as many leading bits in common as
///   the addresses have (of public ones, where those are 8 at least, 16 of IPv6); an interface identifier has the same mask under every prefix, and
///   in the hardware address that it is made of.
/// - A domain name is masked label by label ("name1.zone1.example"), save for zones that rules know.
/// - Words pass where everybody knows them (vocabulary.hpp). Whatever is none is masked, whoever wrote it.
/// - Ports, numbers and times stay as they are.
///
/// What is masked already keeps its mask: to redact twice is to redact once.
#include <set>
#include <string>

#include "evidence/evidence.hpp"
#include "redact/legend.hpp"

namespace ringback {

struct Redacted {
  Evidence evidence;
  std::vector<ProbeRun> runs;
  Legend legend;   ///< in the order of appearance
  std::set<std::string, std::less<>> hidden;   ///< public addresses, hardware addresses and domain names that have another value for a mask, in small letters
                                               /// (leaks.hpp)

  bool operator==(const Redacted&) const = default;
};

/// Errc::exhausted: there is no mask left for a value; the error says where it stands ("/evidence/path/ipv4/hops/3").
[[nodiscard]] Expected<Redacted> redact(const Evidence& evidence, const std::vector<ProbeRun>& runs = {});

}  // namespace ringback
