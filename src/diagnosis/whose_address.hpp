#pragma once
/// What one address of a name is to this household.
#include "diagnosis/case.hpp"

namespace ringback::diagnosis {

enum class Whose {
  right,
  unknown,
  not_global,
  foreign,       ///< somebody else's
  proxied,       ///< a reverse proxy's that passes visitors on (public_proxies.hpp)
  router,
  temporary,     ///< or deprecated: it dies
  old_prefix,    ///< this host's, or another machine's of this home, as it was under another prefix
  duplicate,     ///< this host's, but another machine has it too
  useless,       ///< the carrier's
  another_host   ///< in this home's network, and not this host's
};

struct Opinion {
  Whose whose = Whose::unknown;
  Confidence confidence = Confidence::certain;
  std::string detail;                ///< a sentence
  Pointers evidence;
};

[[nodiscard]] Opinion judge_address(const Case& c, const Address& address);

}  // namespace ringback::diagnosis
