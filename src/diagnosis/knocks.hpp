#pragma once
/// Several knocks on one service over one family, from several vantage points and on several addresses of this host, weighed together.
#include "diagnosis/upstream.hpp"

namespace ringback::diagnosis {

struct Weighed {
  Judgement judgement;
  std::vector<Judgement> elsewhere;   ///< of a service that can be reached: what visitors from other networks meet, as warnings
};

/// nullopt: no knock that proves anything was made.
[[nodiscard]] std::optional<Weighed> weigh_knocks(const Case& c, const Service& service, Family family);

}  // namespace ringback::diagnosis
