#pragma once
/// The masks of one report: of values, and of texts that hold such values.
#include "redact/address_masks.hpp"
#include "redact/name_masks.hpp"
#include "redact/written_addresses.hpp"

namespace ringback::redaction {

class Masks {
 public:
  explicit Masks(Survey known) : addresses(std::move(known)) {}

  AddressMasks addresses;
  NameMasks names;

  // masks.cpp
  [[nodiscard]] std::string server(const std::string& text);      ///< an address or a domain name
  [[nodiscard]] std::string interface(const std::string& name);
  [[nodiscard]] std::string program(const std::string& name);
  [[nodiscard]] std::string network(const std::string& name);     ///< of a connection: mostly an SSID
  [[nodiscard]] std::string uuid(const std::string& text);
  [[nodiscard]] std::string record(const std::string& text);      ///< "home.example.org. AAAA"
  // place_masks.cpp
  [[nodiscard]] std::string path(const std::string& text);
  [[nodiscard]] std::string url(const std::string& text);
  // text_masks.cpp; value_masks.cpp
  /// Sentences: values in them are masked as they are elsewhere, and of the rest common words stay. What is none becomes "…".
  [[nodiscard]] std::string text(const std::string& text);
  [[nodiscard]] std::string label(const std::string& text);
  /// Words of a language, such as a packet filter's: the same, and what is no common word becomes a name ("custom1").
  [[nodiscard]] std::string code(const std::string& text);
  // rules_masks.cpp
  /// Of `nft -j list ruleset` the tables and chains alone, and whether it speaks of ICMPv6; nothing else of it is looked at again.
  [[nodiscard]] std::string ruleset(const std::string& json);
  /// Of iptables-save the tables and chains alone.
  [[nodiscard]] std::string saved_rules(const std::string& text);

 private:
  enum class Unknown { left_out, named, named_by_people };   ///< the last: also where it is a common word, if people are called so
  [[nodiscard]] std::string masked(std::string_view text, Unknown unknown);
  [[nodiscard]] std::string chunk(std::string_view text, Unknown unknown, bool of_ports);
  [[nodiscard]] std::string pieces(std::string_view text, Unknown unknown);
  [[nodiscard]] std::optional<std::string> value(std::string_view text);
  [[nodiscard]] std::optional<std::string> value_inside(std::string_view text, Unknown unknown);
  [[nodiscard]] std::optional<Written> spelt_at(std::string_view text, std::size_t at) const;
  [[nodiscard]] std::optional<Written> next_spelt(std::string_view text, std::size_t begin, std::size_t end, bool (*joins)(std::string_view separator)) const;
  struct Glued {
    std::size_t signs = 0, letters = 0;   ///< in front of an address; neither: there is none
  };
  [[nodiscard]] Glued glued_to_spelt(std::string_view text, std::size_t at) const;
  [[nodiscard]] std::string mask_of(const Written& written);
  [[nodiscard]] std::optional<std::string> value_at_start(std::string_view numbers, std::size_t& length);
  [[nodiscard]] std::string words(std::string_view text, Unknown unknown);
  [[nodiscard]] std::string word(std::string_view text, Unknown unknown);
  [[nodiscard]] std::string component(const std::string& text, const std::string& above, bool last, bool by_numbers);

  Numbered interfaces_{"interface"}, programs_{"program"}, networks_{"network"}, customs_{"custom"}, users_{"user"}, files_{"file"},
      folders_{"folder"}, paths_{"path"}, uuids_{"00000000-0000-4000-8000-"};
};

/// Numbers joined by signs, as addresses of whatever notation, serial and telephone numbers are: four and more, or three that are longer than those
/// of a version or a date.
[[nodiscard]] bool has_address_shape(std::string_view numbers);
/// Made of common words, numbers and signs, and nothing in it has the shape of an address.
[[nodiscard]] bool is_common(std::string_view text);
/// "http://…", "echoip+https://…"
[[nodiscard]] bool has_common_scheme(std::string_view text);

}  // namespace ringback::redaction
