#pragma once
/// Ports that the company which houses a vantage point may keep its own machines from knocking on.
#include "diagnosis/upstream.hpp"

namespace ringback::diagnosis {

/// Where the only vantage point's knock on such a port vanished, its own hoster is one of those who may have dropped it: then the judgement
/// says so, and accuses nobody. False: it is not so, and the judgement is as it was.
bool allow_for_hoster(const Case& c, const Service& service, Family family, Judgement& judgement);

}  // namespace ringback::diagnosis
