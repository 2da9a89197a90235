#pragma once
/// Ports that the company which houses a vantage point may keep its own machines from knocking on.
#include "diagnosis/upstream.hpp"

namespace ringback::diagnosis {

/// Neither the card nor whoever knocked saw anything of it.
[[nodiscard]] bool vanished(const inbound::Knock& knock);
/// It accuses whoever stands in front of this host, by the knock alone: what the access or the router's own list explains stays as it is.
[[nodiscard]] bool blames_the_way(const Judgement& judgement);

/// The card was not seen, and nobody is accused: only that a knock failed is told.
[[nodiscard]] bool may_be_left_open(const Judgement& judgement);

/// Where the only vantage point's knock on such a port vanished, its own hoster is one of those who may have dropped it: then the judgement
/// says so, and accuses nobody. False: it is not so, and the judgement is as it was.
bool allow_for_hoster(const Case& c, const Service& service, Family family, Judgement& judgement);
/// The same where the card was not seen: whether visitors get in is left open.
bool leave_open_by_hoster(const Case& c, const Service& service, Family family, Judgement& judgement);

}  // namespace ringback::diagnosis
