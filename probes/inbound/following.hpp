#pragma once
/// Follows the knocks of one request: the lines of the vantage point on one side, the card on the other, until every knock is decided.
#include "probes/inbound/card.hpp"
#include "probes/inbound/conversation.hpp"

namespace ringback::inbound {

class Following {
 public:
  /// `knocks` are filled in as they become known, and outlive this. `round_trip`: to the vantage point and back.
  Following(const Card& card, const io::World& world, std::vector<Knock>& knocks, milliseconds round_trip);

  /// A piece of the answer. False: nothing more is needed.
  bool take(std::string_view piece);
  /// Is every knock decided, by the vantage point's word or by what the card saw?
  bool settled();
  /// What was announced by now is all that will be.
  void finish();

  /// Has anything of the answer come?
  [[nodiscard]] bool heard() const { return heard_; }
  [[nodiscard]] bool any_announced() const;
  /// The first thing that was wrong with what the vantage point said.
  [[nodiscard]] const std::optional<std::string>& trouble() const { return trouble_; }

 private:
  void complain(std::string what);
  [[nodiscard]] std::optional<std::size_t> index_of(const std::string& id) const;
  void apply(const Announcement& line);
  void apply(const ResultLine& line);
  void look_at_card();
  void correlate_pending();
  [[nodiscard]] bool all_announced() const;
  [[nodiscard]] bool control_needed() const;
  [[nodiscard]] bool decided(std::size_t i) const;
  [[nodiscard]] bool closed(std::size_t i) const;
  [[nodiscard]] bool named_decided() const;
  [[nodiscard]] bool complete() const;
  [[nodiscard]] bool corroborated() const;
  [[nodiscard]] milliseconds watched(std::size_t i) const;

  const Card& card_;
  const io::World& world_;
  std::vector<Knock>& knocks_;
  milliseconds round_trip_;
  std::vector<std::optional<Announced>> announced_;
  std::vector<std::size_t> unavailable_;
  std::vector<Sighting> pending_;
  std::size_t seen_ = 0;
  LineCutter cutter_;
  bool heard_ = false;
  std::optional<std::string> trouble_;
  std::optional<Instant> complete_since_;
};

}  // namespace ringback::inbound
