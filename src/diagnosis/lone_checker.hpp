#pragma once
/// A public port checker that nobody bears out.
#include "diagnosis/upstream.hpp"

namespace ringback::diagnosis {

/// It says whether it got through, and nothing else.
[[nodiscard]] bool is_port_checker(const std::string& vantage);

/// A checker says "not reachable" also where its own way out is broken, and announces no knock that could be missed. Where it alone tried, nothing came
/// to this host, and nothing else agrees, the judgement says so and accuses nobody. What agrees: a knock of its own over this family that got through,
/// or (IPv4) the router's list of forwards, which has none for this port. False: it is not so, and the judgement is as it was.
bool allow_for_lone_checker(const Case& c, const Service& service, Family family, Judgement& judgement);
/// The same where the card was not seen: nobody is accused then anyway, and whether visitors get in is left open.
bool leave_open_by_lone_checker(const Case& c, const Service& service, Family family, Judgement& judgement);

}  // namespace ringback::diagnosis
