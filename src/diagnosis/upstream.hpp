#pragma once
/// Where knocks end that never reach the card: the provider, the home router, or one of both.
#include "diagnosis/knock.hpp"

namespace ringback::diagnosis {

/// `knock` is the knock that did not arrive; absent where nobody knocked and the access alone decides.
/// The result has no cause where the access does not tell.
[[nodiscard]] Judgement stopped_upstream(const Case& c, const Service& service, Family family, const inbound::Knock* knock);

/// The access makes it impossible that anything comes in over this family, whoever knocks. Absent: it may come in.
[[nodiscard]] std::optional<Judgement> impossible(const Case& c, const Service& service, Family family);

/// What the router's own list says about this service.
struct Forward {
  enum class Kind { unlisted, here, elsewhere, disabled, other_port } kind = Kind::unlisted;
  const router::Mapping* mapping = nullptr;
  std::string at;
};
[[nodiscard]] Forward forward_of(const Case& c, const Service& service);

}  // namespace ringback::diagnosis
