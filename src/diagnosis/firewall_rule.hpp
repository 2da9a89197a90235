#pragma once
/// The rule of this host's own filter that a finding rests on, who keeps it, and the advice in that keeper's words.
#include "diagnosis/system_commands.hpp"

namespace ringback::diagnosis::firewall {

/// Who keeps the rules that keep visitors out: each wants to be told in its own words, and undoes what others write.
enum class Keeper { nft, ufw, firewalld, iptables, iptables_legacy };

/// The rule that decides, and for what the exception to it has to be made.
struct Deciding {
  const filter::Walk* walk = nullptr;   ///< absent: it was not seen
  bool answer = false;                  ///< it keeps the answer in, not the visitor out
  bool one_visitor = false;             ///< it stops the one that `walk` is from, and not every stranger
  bool ipv6 = false;
  unsigned port = 0;                    ///< as the rule sees it: behind a translation another one than visitors knock on
  std::string_view protocol = "tcp";
  std::optional<Address> guest;         ///< of a container or virtual machine, to which the packet is passed on
  std::string interface;

  [[nodiscard]] bool at(std::string_view hook) const { return walk && walk->hook == hook; }
};

[[nodiscard]] Deciding deciding(const Finding& finding, const System& s);
/// The same of a port that strangers reach: who lets them in, with the port as they knock on it, and `interface` where one arrived. A translation
/// to this host itself leaves `guest` absent.
[[nodiscard]] Deciding letting_in(const Finding& finding, const System& s);
/// Where a rule passes visitors of this service on to, over either family; absent: to nobody, or it was not seen.
[[nodiscard]] std::optional<Endpoint> passed_on_to(const Service& service, const System& s);
/// Docker's own program listens there, or rules pass visitors on beside it.
[[nodiscard]] bool is_published_by_docker(const Finding& finding, const System& s);
[[nodiscard]] Keeper keeper_of(const Deciding& d, const System& s);

/// "inet filter" → inet and filter, each a word for nft.
struct TableName {
  Identifier family, table;
};
[[nodiscard]] std::optional<TableName> table_name(const std::string& text);

/// "Open the port in this host's firewall, ufw"
[[nodiscard]] std::string title(const Deciding& d, const char* program);

// remedies_ufw.cpp, remedies_firewalld.cpp: whoever wants to come in may.
[[nodiscard]] Remedy with_ufw(const Deciding& d, const System& s);
[[nodiscard]] Remedy with_firewalld(const Deciding& d);

// remedies_visitor.cpp
/// Takes one visitor off a list of those who are kept out, or puts him on that of those who may come in. Absent: no rule names him.
[[nodiscard]] std::optional<Remedy> let_visitor_in(const Deciding& d, Keeper keeper);
/// Of a rule that lets only so many in.
[[nodiscard]] Remedy raise_limit(const Deciding& d, const filter::RulePlace& limit, Keeper keeper);

/// What keeps strangers away.
struct Closing {
  std::vector<Step> steps;
  std::vector<Step> last;   ///< behind those of all ports: what shows, loads or keeps the rules, once
};
/// remedies_closing.cpp: of the finding's port, whoever lets them in.
[[nodiscard]] Closing close_port(const Finding& finding, const System& s);
/// remedies_closing.cpp: of the file with nftables' rules, behind what was written into it.
[[nodiscard]] Step nft_file_is_right();
// remedies_ufw.cpp, remedies_firewalld.cpp
[[nodiscard]] Closing close_with_ufw(const Deciding& d);
[[nodiscard]] Step shows_ufws_list();
[[nodiscard]] Closing close_with_firewalld(const Deciding& d);

}  // namespace ringback::diagnosis::firewall
