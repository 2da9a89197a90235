#pragma once
/// Why this host itself, and neither router nor provider, has no way to the internet over a family.
#include "diagnosis/facts.hpp"

namespace ringback::diagnosis {

struct LocalFault {
  std::string detail;   ///< one sentence
  Pointers evidence;
  Remedy remedy;
  std::string title{};  ///< empty: the finding's own
};

/// Only looked for where nothing outside answered over this family.
[[nodiscard]] std::optional<LocalFault> local_fault(const Evidence& evidence, const Facts& facts, Family family);

/// Default routes of this family that leave by a cable or a radio other than the one in use; the kernel does not try them.
[[nodiscard]] Pointers unused_default_routes(const Evidence& evidence, Family family);

}  // namespace ringback::diagnosis
