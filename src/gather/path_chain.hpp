#pragma once
/// The chain of path observations: the trace at once, then who owns the addresses that other probes find.
#include "gather/promise.hpp"
#include "io/network.hpp"
#include "plan/make_plan.hpp"

namespace ringback {

struct PathInputs {
  const Promise<std::vector<Address>>& mapped;        ///< how STUN servers see this host
  const Promise<std::vector<Address>>& seen;          ///< how web servers see it
  const Promise<std::vector<Address>>& named;         ///< where its names lead
  Promise<std::vector<Address>>& second_gateway;      ///< given: the address right behind the home router, where it may be at home
};

[[nodiscard]] std::vector<Address> own_addresses(const HostFacts& facts);

[[nodiscard]] Expected<path::Evidence> observe_paths(const PathPlan& plan, PathInputs inputs, const std::vector<Address>& own,
                                                     const io::World& world, Deadline deadline);

}  // namespace ringback
