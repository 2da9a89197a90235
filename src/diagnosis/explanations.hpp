#pragma once
/// A page of documentation for each finding code. It stands beside the table of codes: title, severity and the sentences of codes.cpp are part
/// of the page, and what is added here is for the people who read it.
#include <optional>
#include <string_view>
#include <vector>

namespace ringback::diagnosis {

/// A code that this one could be mistaken for, and the observation that decides between them.
struct NearCode {
  std::string_view code;
  std::string_view decides;
};

/// Of following the advice.
struct Costs {
  std::string_view privacy = "nothing";
  std::string_view security = "nothing";
  std::string_view money = "nothing";
  std::string_view inconvenience = "nothing";
};

/// `section` as the document counts it ("5.2", "REC-34"); empty: all of it. The title stands in rfc_title().
struct Reference {
  unsigned rfc;
  std::string_view section;
  std::string_view about;
};

struct Explanation {
  std::string_view code;
  std::vector<std::string_view> plainly;   ///< paragraphs, for somebody who knows port forwarding from a forum
  std::vector<NearCode> neighbours;
  std::string_view doubt;                   ///< when it is less than certain, or what could not be tested; empty: nothing to say
  std::vector<std::string_view> steps;      ///< general: for any system and any router
  std::vector<std::string_view> commands;   ///< to look with; they change nothing, and capitals stand for what the reader puts in
  Costs costs;
  std::vector<Reference> reading;
  std::vector<std::string_view> search_for;   ///< what vendors and forums call it
};

/// One for each code, in the order of codes().
[[nodiscard]] std::vector<Explanation> explanations();

/// nullptr: no such number here.
[[nodiscard]] const char* rfc_title(unsigned rfc);

/// The first part of codes: "dns", and what it is about.
struct Group {
  std::string_view name;
  std::string_view title;
};
[[nodiscard]] std::vector<Group> groups();
/// "dns" of "dns.bogus".
[[nodiscard]] std::string_view group_of(std::string_view code);

/// A word of the trade, in a sentence.
struct Term {
  std::string_view word;
  std::string_view meaning;
  bool operator==(const Term&) const = default;
};
[[nodiscard]] std::vector<Term> glossary();
/// The words of the glossary that stand in a text, in the order in which they come.
[[nodiscard]] std::vector<Term> words_in(const std::string& text);
[[nodiscard]] std::vector<Term> words_on(const Explanation& page);

}  // namespace ringback::diagnosis
