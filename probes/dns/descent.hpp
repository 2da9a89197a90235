#pragma once
/// From the root down to the zones of the names, asked of each zone's own servers (RFC 1034 §5.3.3): who is named there as the servers of the
/// zone below. Of the name no more is told than the next label (RFC 9156 §2.3).
#include <set>

#include "probes/dns/zone.hpp"

namespace ringback::dns {

class Descent {
 public:
  /// The root's servers are those that `resolvers` tell; where none of them does, or what they tell leads nowhere, the real root's.
  Descent(const std::vector<Inquiry>& inquiries, std::vector<Target> resolvers, Exchange& exchange);

  /// Goes on with the answers that are there by now. The questions that it waits for; none: it is at the end.
  std::vector<Ticket> advance();

  /// The steps towards this inquiry's name.
  [[nodiscard]] std::vector<Delegation> steps(std::size_t inquiry) const {
    return inquiry < ways_.size() ? ways_[inquiry].steps : std::vector<Delegation>{};   // of very many names the first ones alone
  }
  /// What a zone above said of its servers' addresses (glue, RFC 9471).
  [[nodiscard]] std::vector<Address> glue(const std::string& server) const;

 private:
  struct NamedServer {
    std::string name;
    std::vector<Address> addresses;
  };
  struct Way {
    std::vector<std::string> names;       ///< below the root: "org.", "example.org.", "home.example.org."
    std::size_t next = 0;                 ///< of those
    std::string zone = ".";
    std::vector<NamedServer> servers;     ///< of `zone`
    std::vector<Delegation> steps;
    bool answered = false;                ///< a server of some zone said something of use
    bool done = false;
  };

  void find_root(std::vector<Ticket>& open);
  void take_known_root();
  void start(const std::vector<NamedServer>& root);
  void go_on(Way& way, std::vector<Ticket>& open);
  bool find_addresses(Way& way, std::vector<Ticket>& open);
  bool ask_servers(Way& way, std::vector<Ticket>& open);
  [[nodiscard]] std::vector<Target> targets(const Way& way) const;
  [[nodiscard]] bool is_settled(Ticket ticket) const;
  bool take(Way& way, Ticket ticket);
  void descend(Way& way, const Target& from, std::string child, const std::vector<std::string>& servers, const wire::dns::Message& message);

  Exchange& exchange_;
  std::vector<Target> resolvers_;
  std::vector<Way> ways_;
  std::map<std::string, std::set<Address>> glue_;
  bool started_ = false;
  bool by_known_root_ = false;
};

}  // namespace ringback::dns
