#pragma once
/// A stranger on a real cable: he knocks with frames of his own making and sees what comes back.
#include <memory>

#include "probes/filter/match.hpp"
#include "support/private_network.hpp"

namespace ringback::test {

enum class Seen { accepted, dropped, refused };

/// A host of its own (192.168.1.5, 2001:db8::5 on eth0) and the stranger at the other end of its cable.
class KnockedHost {
 public:
  KnockedHost();
  ~KnockedHost();
  KnockedHost(const KnockedHost&) = delete;
  KnockedHost& operator=(const KnockedHost&) = delete;

  /// Something listens on every port that is knocked on. What is answered tells; silence is told from a slow answer by an ARP request
  /// that follows the knock on the same wire and is always answered.
  Seen knock(const filter::Packet& packet);

  Namespace host;

 private:
  struct Far;
  std::unique_ptr<Far> far_;
};

}  // namespace ringback::test
