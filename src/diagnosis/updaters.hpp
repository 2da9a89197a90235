#pragma once
/// Programs of this host that keep names up to date: which one keeps a name, and whether it would publish the right address here.
#include "diagnosis/case.hpp"

namespace ringback::diagnosis {

struct KeptBy {
  const host::Updater* updater = nullptr;
  std::string at;
  std::string name{};        ///< as it stands in the updater's file
  bool behind_alias = false; ///< the name that was asked about is an alias of it
};

/// The one that publishes this family of the name, or of what the name is an alias of: best one that runs, and of several the first, which is
/// root's own where there is one. A file of a program that does not run counts too, last.
[[nodiscard]] std::optional<KeptBy> kept_by(const Evidence& evidence, std::string_view name, Family family);
/// Which of these it keeps; absent: none.
[[nodiscard]] std::optional<std::string> kept_of(const host::Updater& updater, const std::vector<std::string>& names);

/// How it finds the address of this family.
[[nodiscard]] const host::Published& way_of(const host::Updater& updater, Family family);

/// What it publishes on this very host, as far as that can be told.
enum class Picks { unknown, stays, temporary, local, carriers, households, nothing };
struct Pick {
  Picks picks = Picks::unknown;
  std::optional<Address> address;   ///< where it is one certain address
};
[[nodiscard]] Pick pick_of(const Case& c, const host::Updater& updater, Family family);
/// Over IPv6 the facts alone tell.
[[nodiscard]] Pick pick_ipv6(const Evidence& evidence, const Facts& facts, const host::Updater& updater);

/// How the kernel sends to the service that it asks how it is seen; absent: not known, or not the same for all addresses of the service.
struct WayToService {
  RouteLookup lookup;
  std::string at;   ///< of its source
};
[[nodiscard]] std::optional<WayToService> way_to_service(const Evidence& evidence, const host::Published& way, Family family);

/// The address that a line of its file says outright; absent: it finds it in another way.
[[nodiscard]] std::optional<Address> literal_of(const host::Published& way);
/// Is the address one of those that the name leads to?
[[nodiscard]] bool records_say(const Evidence& evidence, std::string_view name, const Address& address);

/// The first that runs, is for one of these names, as they were asked about, and publishes a temporary address.
[[nodiscard]] std::optional<KeptBy> publisher_of_temporary(const Case& c, const std::vector<std::string>& names);

/// "ddclient (/etc/ddclient.conf, line 3: usev6=webv6)"
[[nodiscard]] std::string shown(const host::Updater& updater, Family family);

/// Findings about what a name leads to say who keeps it up to date, and how that came out wrong.
void name_the_updater(const Case& c, std::vector<Finding>& findings);

/// updater_forecast.cpp: names say what a program that runs will publish for them, right or wrong, where no finding names it already.
void say_what_will_be_published(const Case& c, const std::vector<Finding>& findings, std::vector<NameVerdict>& names);

/// What a name should lead to over IPv6, and what outgoing connections come from.
void say_what_to_publish(const Case& c, const std::optional<Address>& best, Ipv6Connection& connection);

/// Is the name, whose records these are, one of MyFRITZ! (AVM), or served by dynv6?
[[nodiscard]] bool is_myfritz(std::string_view owner);
[[nodiscard]] bool is_of_dynv6(const Evidence& evidence, std::string_view owner);

}  // namespace ringback::diagnosis
