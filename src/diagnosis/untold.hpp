#pragma once
/// Knocks that nobody told of, and without which it cannot be said who gets in.
#include "diagnosis/upstream.hpp"

namespace ringback::diagnosis {

/// Where visitors come to: an address that one of the names leads to.
[[nodiscard]] bool is_published(const Case& c, const Address& address);

/// A knock that was made at an address of this host, and of which the vantage point told.
struct Told {
  std::string vantage;
  Address target;
};

/// Visitors of another vantage point may get in, and at another address of this host it may be otherwise: where what became of such a knock is unknown,
/// the judgement says so and is no more than possible. `target`: where the knock that it rests on went; `other_address`: a knock on another address came
/// to something else.
void allow_for_untold(const Case& c, Family family, const Address& target, const std::vector<Told>& told, bool other_address, Judgement& judgement);

}  // namespace ringback::diagnosis
