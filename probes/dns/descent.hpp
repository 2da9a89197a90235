#pragma once
/// From the root down to the zones of the names, asked of each zone's own servers (RFC 1034 §5.3.3): who is named there as the servers of the
/// zone below. Of the name no more is told than the next label (RFC 9156 §2.3).
#include <set>

#include "probes/dns/zone.hpp"
#include "wire/dns_answer.hpp"

namespace ringback::dns {

class Descent {
 public:
  /// The internet's root is the one that is asked, unless the `resolvers` tell another one with one voice: a laboratory's, a company's. The word of
  /// a single one does not do where another one may be asked, as whose root it is says who everybody below is.
  Descent(const std::vector<Inquiry>& inquiries, std::vector<Target> resolvers, Exchange& exchange);

  /// Goes on with the answers that are there by now. The questions that it waits for; none: it is at the end.
  std::vector<Ticket> advance();

  /// A resolver has told another root than the internet's, and not all of them have answered.
  [[nodiscard]] bool is_in_doubt_of_root() const { return !started_ && told_another_root_; }

  /// The steps towards the closest of this inquiry's possible zones.
  [[nodiscard]] std::vector<Delegation> steps(std::size_t inquiry) const {
    return inquiry < way_of_.size() ? ways_[way_of_[inquiry]].steps : std::vector<Delegation>{};   // of very many names the first ones alone
  }
  /// What a zone above said of its servers' addresses (glue, RFC 9471).
  [[nodiscard]] std::vector<Address> glue(const std::string& server) const;

 private:
  // The root has thirteen servers, and hardly anybody more.
  static constexpr std::size_t most_servers_known = 13;
  static constexpr std::size_t deepest = 16;   ///< labels

  struct NamedServer {
    std::string name;
    std::vector<Address> addresses;       ///< that may be asked; a few

    explicit NamedServer(std::string of) : name(std::move(of)) {}
    void add(const std::vector<Address>& told, bool at_home);
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

  [[nodiscard]] std::vector<Ticket> find_root();
  void take_known_root();
  void start(const std::map<std::string, std::vector<Address>>& root);
  void go_on(Way& way, std::vector<Ticket>& open);
  bool find_addresses(Way& way, std::vector<Ticket>& open);
  std::vector<Ticket> find_addresses_of(NamedServer& server, bool at_home);
  bool ask_servers(Way& way, std::vector<Ticket>& open);
  [[nodiscard]] std::vector<Target> targets(const Way& way) const;
  [[nodiscard]] bool is_at_home(const Way& way) const;
  bool take(Way& way, Ticket ticket);
  void descend(Way& way, const Target& from, const wire::dns::Referral& closer, const wire::dns::Message& message);

  Exchange& exchange_;
  std::vector<Target> resolvers_;
  std::vector<Way> ways_;
  std::vector<std::size_t> way_of_;        ///< of each inquiry: names in one place share it
  std::map<std::string, std::set<Address>> glue_;
  std::optional<Target> root_told_by_;    ///< absent: it is the internet's
  bool started_ = false, told_another_root_ = false;
};

}  // namespace ringback::dns
