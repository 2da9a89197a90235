#pragma once
/// What every published schema is made of besides its types.
#include <nlohmann/json_fwd.hpp>
#include <span>

namespace ringback::schema {

/// A description of a property, in plain words; what has a unit names it.
struct Note {
  const char* type;   ///< the definition's name: "path.Hop"
  const char* key;
  const char* text;
};

/// Describes the properties of `defs`: by what is said of the types that a report consists of, where they are among them, and by `own`, which is
/// about the others. A note about a property that there is not throws.
void add_notes(nlohmann::ordered_json& defs, std::span<const Note> own);

struct Heading {
  const char* id;
  const char* title;
  const char* description;
};

/// The whole schema. `root`: what says which of `defs` a document is.
[[nodiscard]] nlohmann::ordered_json document(const Heading& heading, const nlohmann::ordered_json& root, nlohmann::ordered_json defs);

}  // namespace ringback::schema
