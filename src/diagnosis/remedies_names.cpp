#include <algorithm>

#include "diagnosis/known_machines.hpp"
#include "diagnosis/records.hpp"
#include "diagnosis/updater_edits.hpp"
#include "diagnosis/remedies_by_code.hpp"
#include "diagnosis/updaters.hpp"

namespace ringback::diagnosis::advice {
namespace {

constexpr auto log_in = "Log in where the records of the name are kept: at the company that sold the domain, or at the service that keeps the name at your address (DynDNS).";

Command list_stable(const System& s) { return {"ip -6 address show dev {} scope global -temporary -deprecated", s.interface_ipv6}; }

/// Only what the diagnosis settled is offered: an A record with the carrier's address sends visitors to strangers.
std::string a_value(const System& s) {
  if (s.public_ipv4) return s.public_ipv4->to_string();
  return "the public IPv4 address that the home router's menu shows";
}

constexpr auto shared_signs =
    "If that menu shows none, or one that begins with 10., 192.168., 172.16. to 172.31. or 100.64. to 100.127., the provider shares its "
    "public address among customers: then no A record helps, and the name is better off without.";

std::string shown_owner(const Finding& f, const System& s) { return plain_or(record_owner(f, s), "the name"); }

Command look_up(const Finding& f, const System& s, std::string_view type) { return {"dig +short {} {}", record_owner(f, s), type}; }

/// "Add the A record of NAME" where there is none.
std::string title_of(const Finding& f, const System& s, std::string_view type) {
  return fmt::format("{} the {} record of {}", f.code.ends_with("-missing") ? "Add" : "Correct", type, shown_owner(f, s));
}

/// A client that gets an address tries it: nobody is helped by one that lets nobody in.
void test_first(const Finding& f, std::vector<std::string>& steps) {
  if (!f.code.ends_with("-missing") || f.confidence != Confidence::possible) return;
  steps.insert(steps.begin(), fmt::format("Only once {} connections come in here: that could not be tested this time. A visitor who gets an address that "
                                          "lets nobody in fails or waits.", f.code == "dns.a-missing" ? "IPv4" : "IPv6"));
}

/// dig is not on every machine.
constexpr auto shows_record = "The command shows what the name leads to now (dig is in Debian's package bind9-dnsutils).";

std::vector<std::string> set_record(const Finding& f, const System& s, const char* record, const std::string& value, bool updater_known) {
  const auto set = fmt::format("Set the {} of {} to {}.", record, shown_owner(f, s), value);
  // Its settings may be right, and what it lacks a restart.
  if (updater_known) return {"First do what is told above of the program that keeps the record up to date, or it may put the wrong address back.", log_in, set};
  return {log_in, set, "If a program or the router keeps the record up to date (DynDNS), correct its settings, or it will put the wrong address back."};
}

/// Programs whose file this run was not allowed to read.
std::vector<std::string> unread(const System& s) {
  std::vector<std::string> steps;
  for (const auto& updater : s.evidence && s.evidence->host ? s.evidence->host->updaters : std::vector<host::Updater>())
    if (!updater.readable)
      steps.push_back(fmt::format("{} runs here, and root alone may read {}: with sudo, ringback tells whether it is set up rightly.",
                                  plain_or(updater.program, "An updater"), plain_or(updater.file, "its file")));
  return steps;
}

void mention_unread(const System& s, std::vector<std::string>& steps) { std::ranges::move(unread(s), std::back_inserter(steps)); }

void append(std::vector<Step>& steps, std::vector<Step> more) { std::ranges::move(more, std::back_inserter(steps)); }
void append(std::vector<Step>& steps, std::vector<std::string> words) {
  for (auto& each : words) steps.push_back({std::move(each)});
}

Remedies in_front(std::optional<Remedy> first, Remedies others) {
  if (first) others.insert(others.begin(), std::move(*first));
  return others;
}

}  // namespace

std::string dns_name(const Finding& f, const System& s) {
  const auto name = f.subject.name.value_or("");
  if (s.evidence && s.evidence->dns)
    for (const auto& asked : s.evidence->dns->names)
      if (asked.name == name && !asked.asked_as.empty()) return asked.asked_as.substr(0, asked.asked_as.size() - 1);
  return name;
}

std::string record_owner(const Finding& f, const System& s) {
  const auto name = f.subject.name.value_or("");
  if (s.evidence && s.evidence->dns)
    for (std::size_t i = 0; i < s.evidence->dns->names.size(); ++i)
      for (const auto family : {Family::ipv4, Family::ipv6})
        if (s.evidence->dns->names[i].name == name && f.subject.family.value_or(family) == family)
          if (const auto records = records_of(*s.evidence, i, family); !records.alias_of.empty()) return records.alias_of;
  return dns_name(f, s);
}

std::string shown_name(const Finding& f) { return plain_or(f.subject.name.value_or(""), "the name"); }

/// An address that would stay has been given up: no setting of this host brings it back.
bool is_withdrawn(const System& s) {
  if (!s.evidence || !s.evidence->host) return false;
  return std::ranges::any_of(s.evidence->host->interfaces, [&](const Interface& interface) {
    return interface.name == s.interface_ipv6 && std::ranges::any_of(interface.addresses, [](const InterfaceAddress& own) {
             return own.address.is_v6() && is_global(own.address) && !own.temporary && own.deprecated;
           });
  });
}

Remedies stable_address(const Finding&, const System& s) {
  const auto steps = stable_address_steps(s, "Give this host an IPv6 address that stays");
  if (!is_withdrawn(s)) return {steps};
  return {advise("Get an address that is valid today",
                 {"The home router gave up the first part (the prefix) of this host's addresses, mostly because the provider gave it another one.",
                  fmt::format("Take {} down and up again, or start this host anew; then look at its addresses with the command below.", s.shown_interface(Family::ipv6)),
                  "If no other prefix appears, look in the home router's menu whether it has an IPv6 prefix from the provider at all."},
                 {list_stable(s)}),
          steps};
}

namespace {

/// The habit of using temporary addresses is a fault only as long as a name leads to one: what mends the name is enough.
Finding of_the_name_at_fault(Finding f, const System& s) {
  const auto at_fault = std::ranges::find_if(s.told, [](const Reported& one) { return one.code == "dns.aaaa-temporary"; });
  if (!f.subject.name && at_fault != s.told.end()) f.subject.name = at_fault->subject.name;
  return f;
}

}  // namespace

Remedies updater(const Finding& found, const System& s) {
  const auto f = of_the_name_at_fault(found, s);
  auto everything = stable_address_steps(s, "Let this host use its stable address for everything");
  for (const auto& step : updater_follows(f, s)) add_step(everything, step);
  if (auto own = updater_publishes_stable(f, s)) return {std::move(*own), everything};
  if (updater_is_set_up_well(f, s)) return {everything};
  std::vector<Step> steps{{"Tell the program that keeps the name up to date (DynDNS) to take the address from this host's network card instead of asking a web site how it "
                           "is seen."}};
  if (may_be_ddclient(f, s)) append(steps, if_it_is_ddclient(s, "write"));
  steps.push_back({s.stable_ipv6 ? fmt::format("The stable address is {}; this command lists those that stay.", s.stable_ipv6->to_string())
                                 : "This command lists the addresses that stay.", {list_stable(s)}});
  append(steps, unread(s));
  return {advise_by_steps("Let the updater publish the stable address", steps), everything};
}

/// Of what keeps the name up to date, and was not found on this host.
std::vector<Step> publish_ipv6_alone(const System& s) {
  std::vector<Step> steps{
      {"If a program or the router keeps the name up to date (DynDNS), let it publish IPv6 alone first, or it puts the record back. If it is the router, switch "
       "that off in its menu: over IPv6 a router mostly publishes its own address, and not this host's."}};
  if (s.ipv6_internet) append(steps, if_it_is_ddclient(s, "in place of what begins with use=, usev4= or usev6=, write"));
  return steps;
}

/// That a name should have an AAAA record is plain: visitors get in over IPv6, at an address that stays, and who keeps the name has no way of his own.
bool only_lacks_aaaa(const System& s, const std::string& name) {
  const bool plainly = std::ranges::any_of(s.told, [&](const Reported& one) {
    return one.code == "dns.aaaa-missing" && one.subject.name == name && one.confidence != Confidence::possible;
  });
  return plainly && s.stable_ipv6 && hints_of_service({.subject = {.family = Family::ipv6, .name = name}}, s).empty();
}

/// The name has the address at which nobody gets in, and lacks the one at which they do: two findings, and one job. In the order in which no visitor
/// is turned away meanwhile.
std::optional<Remedy> lead_here_over_ipv6_alone(const Finding& f, const System& s) {
  if (!f.subject.name || !s.ipv6_internet || !s.tells("dns.a-useless", *f.subject.name) || !only_lacks_aaaa(s, *f.subject.name)) return std::nullopt;
  const Finding about{.subject = {.name = f.subject.name}};   // of neither family, so that both findings say the same
  auto steps = publish_ipv6_alone(s);
  steps.push_back({log_in});
  steps.push_back({fmt::format("Add an AAAA record (the IPv6 address) with {}. This command shows which addresses of this host stay.", s.shown_ipv6()), {list_stable(s)}});
  steps.push_back({"Wait until this command shows that address (dig is in Debian's package bind9-dnsutils).", {look_up(about, s, "AAAA")}});
  steps.push_back({"Then delete the A record (the IPv4 address): the provider shares its public IPv4 address among customers, and lets nobody through to this home. "
                   "Keep it only where it leads to a rented server that passes visitors on. This command shows nothing any more once it is gone.",
                   {look_up(about, s, "A")}});
  steps.push_back({"Visitors without IPv6 then need a rented server that passes them on; the A record leads there."});
  append(steps, unread(s));
  return advise_by_steps(fmt::format("Let {} lead here over IPv6 alone", shown_owner(about, s)), steps);
}

Remedies a_useless(const Finding& f, const System& s) {
  auto own = updater_publishes_no_ipv4(f, s);
  if (auto both = lead_here_over_ipv6_alone(f, s); both && !own && !updater_publishes_stable(f, s)) return {std::move(*both)};
  const bool leads_here = f.subject.name && s.stable_ipv6 && s.evidence && records_say(*s.evidence, *f.subject.name, *s.stable_ipv6);
  auto steps = own ? std::vector<Step>{{"First let the program of this host that keeps the name up to date publish IPv6 alone, as below, or it puts the record back."}}
                   : publish_ipv6_alone(s);
  steps.push_back({log_in});
  if (!s.ipv6_internet)
    steps.push_back({"Ask the provider for a public IPv4 address or for IPv6; until then no record of the name can lead here."});
  else if (!leads_here)
    steps.push_back({fmt::format("Add an AAAA record (the IPv6 address) with {}, or put the one that is there right.", s.shown_ipv6())});
  steps.push_back({"Delete its A record (the IPv4 address): the provider shares its public IPv4 address among customers, and lets nobody through to this home. "
                   "Keep it only where it leads to a rented server that passes visitors on."});
  if (leads_here) steps.push_back({"Leave its AAAA record (the IPv6 address) as it is: it leads here."});
  steps.push_back({"Visitors without IPv6 then need a rented server that passes them on; the A record leads there."});
  if (!own) append(steps, unread(s));
  steps.push_back({"This command shows what the name leads to now (dig is in Debian's package bind9-dnsutils).", {look_up(f, s, "A")}});
  Remedies result{advise_by_steps(fmt::format("Remove the A record of {}", shown_owner(f, s)), steps)};
  if (own) result.push_back(std::move(*own));
  return result;
}

Remedies a_record(const Finding& f, const System& s) {
  if (s.ipv4_owner == Ipv4Owner::carrier) return a_useless(f, s);
  auto own = updater_publishes_ipv4(f, s);
  auto steps = set_record(f, s, "A record (the name's IPv4 address)", a_value(s), own.has_value());
  if (!s.public_ipv4) steps.emplace_back(shared_signs);
  if (s.ports) steps.emplace_back("Other homes share that address: visitors need one of the ports that are this home's.");
  test_first(f, steps);
  if (!own) mention_unread(s, steps);
  steps.emplace_back(shows_record);
  return in_front(std::move(own), {advise(title_of(f, s, "A"), steps, {look_up(f, s, "A")})});
}

/// No address of this home could stand in it.
Remedies delete_aaaa(const Finding& f, const System& s) {
  std::vector<std::string> steps{
      log_in, "Delete its AAAA record (the IPv6 address): this home has no IPv6 from the provider, and visitors who have it try that address first.",
      "If a program or the router keeps the record up to date (DynDNS), tell it to publish IPv4 alone."};
  mention_unread(s, steps);
  steps.emplace_back(shows_record);
  return {advise(fmt::format("Remove the AAAA record of {}", shown_owner(f, s)), steps, {look_up(f, s, "AAAA")})};
}

Remedies aaaa_record(const Finding& f, const System& s) {
  if (s.no_ipv6 && !s.stable_ipv6 && !s.seen_ipv6) return delete_aaaa(f, s);
  auto own = updater_publishes_stable(f, s);
  if (auto both = lead_here_over_ipv6_alone(f, s); both && !own && !updater_publishes_no_ipv4(f, s)) return {std::move(*both)};
  const auto value = !s.stable_ipv6 && s.seen_ipv6 ? s.seen_ipv6->to_string() : s.shown_ipv6();
  auto steps = set_record(f, s, "AAAA record (the name's IPv6 address)", value, own.has_value());
  test_first(f, steps);
  for (auto& hint : hints_of_service(f, s)) steps.push_back(std::move(hint));
  if (!own) mention_unread(s, steps);
  steps.emplace_back("The first command shows what the name leads to now (dig is in Debian's package bind9-dnsutils), the second one which addresses of this host stay.");
  Remedies result{advise(title_of(f, s, "AAAA"), steps, {look_up(f, s, "AAAA"), list_stable(s)})};
  if (!s.stable_ipv6 && !s.seen_ipv6) result.insert(result.begin(), stable_address_steps(s, "First give this host an IPv6 address that stays"));
  return in_front(std::move(own), std::move(result));
}

/// What the name leads to over IPv6.
std::vector<Address> aaaa_of(const Finding& f, const System& s) {
  for (std::size_t i = 0; s.evidence && s.evidence->dns && i < s.evidence->dns->names.size(); ++i)
    if (s.evidence->dns->names[i].name == f.subject.name) return records_of(*s.evidence, i, Family::ipv6).addresses;
  return {};
}

Remedies of_another_machine(const Finding& f, const System& s, const KnownMachine& machine) {
  return {advise_by_steps(
      title_of(f, s, "AAAA"),
      {{"The record is of another machine of this home, as its last four groups tell; the first four, this home's (its prefix), are others "
        "by now. This command shows what the name leads to.",
        {look_up(f, s, "AAAA")}},
       {fmt::format("On that machine, look with this command which of its addresses stays: by its last four groups it should be {}.", machine.today.to_string()),
        {{"ip -6 address show scope global"}}},
       {log_in},
       {fmt::format("Set the AAAA record (the name's IPv6 address) of {} to that address.", shown_owner(f, s))},
       {"If a program on that machine, or the router, keeps the record up to date (DynDNS), find out there why it did not follow."},
       {fmt::format("If the name is meant for this host, set it to {} instead.", s.shown_ipv6())}})};
}

Remedies aaaa_old_prefix(const Finding& f, const System& s) {
  const auto addresses = aaaa_of(f, s);
  if (addresses.empty()) return aaaa_record(f, s);
  const auto facts = gather_facts(*s.evidence);
  const auto is_own = [&](const Address& address) { return facts.find_own(address) || own_with_identifier(facts, address); };
  if (std::ranges::any_of(addresses, is_own)) return aaaa_record(f, s);
  for (const auto& address : addresses)
    if (const auto machine = machine_with_identifier(*s.evidence, facts, address); machine && !machine->router)
      return of_another_machine(f, s, *machine);
  auto remedies = aaaa_record(f, s);
  insert_step(remedies.back(), 0, "If the name is meant for another machine of this home, correct it there, to the address that machine has today.");
  return remedies;
}

Remedies aaaa_temporary(const Finding& f, const System& s) {
  auto remedies = updater(f, s);
  auto record = aaaa_record(f, s).back();
  // What knows the very line to change goes first; a general word about updaters comes after the record.
  remedies.insert(remedies.begin() + (updater_publishes_stable(f, s) ? 1 : 0), std::move(record));
  return remedies;
}

Remedies aaaa_router(const Finding& f, const System& s) {
  auto remedies = aaaa_record(f, s);
  if (f.subject.name && is_myfritz(record_owner(f, s))) return remedies;   // the box keeps it, and its hint is there already
  remedies.back().steps.emplace_back(
      s.fritzbox ? "The FRITZ!Box's own DynDNS publishes the box's address for <ip6addr>: run an updater on this host, use the MyFRITZ! name of "
                   "this host, or put <ip6lanprefix> into the update URL where the service puts this host's last four groups behind it."
                 : "A router's own DynDNS publishes the router's address: run the updater on this host instead.");
  return remedies;
}

Remedies another_host(const Finding& f, const System& s) {
  auto remedies = aaaa_record(f, s);
  insert_step(remedies.back(), 0, "If the name is meant for another machine of this home, all is well; ask there.");
  return remedies;
}

Remedies proxied(const Finding& f, const System& s) {
  return {advise("Let visitors of other services come straight to this home",
                 {"What is no web page needs a name that leads here: switch the proxy (the server that visitors come to instead) off for this record (\"DNS only\"), or "
                  "make a second name for it. The command shows what the name leads to now.",
                  fmt::format("The records of that name: {}.", s.stable_ipv6 ? fmt::format("A {}, AAAA {}", a_value(s), s.stable_ipv6->to_string())
                                                                           : fmt::format("A {}", a_value(s)))},
                 {look_up(f, s, "A")})};
}

Remedies name_missing(const Finding& f, const System& s) {
  if (record_owner(f, s) != dns_name(f, s))
    return {advise("Give the alias an end",
                   {log_in, fmt::format("{} is an alias (CNAME) of {}, which is gone: create that one again at the service that kept it, or lead the alias to a "
                                        "name that exists.", shown_name(f), shown_owner(f, s)), shows_record},
                   {look_up(f, s, "A")})};
  std::vector<std::string> steps{fmt::format("Check the spelling: {}.", shown_name(f)), log_in};
  if (s.ipv6_internet || s.stable_ipv6) steps.push_back(fmt::format("Add an AAAA record (the name's IPv6 address) with {}.",
                                                                    s.shown_ipv6()));
  if (s.ipv4_owner == Ipv4Owner::carrier)
    steps.emplace_back("Add no A record (the IPv4 address): the provider shares its public IPv4 address, and nobody can be let in over "
                       "it.");
  else
    steps.push_back(fmt::format("Add an A record (the IPv4 address) with {}.", a_value(s)));
  if (s.ipv4_owner == Ipv4Owner::unknown) steps.emplace_back(shared_signs);
  steps.emplace_back("The command shows who is asked for the name, one after the other, and what each says (dig is in Debian's package bind9-dnsutils).");
  return {advise("Create the name", steps, {{"dig +trace {}", dns_name(f, s)}})};
}

}  // namespace ringback::diagnosis::advice
