#include "report/schema_note.hpp"

#include <nlohmann/json.hpp>

#include "report/schema_notes_host.hpp"
#include "report/schema_notes_network.hpp"
#include "report/schema_notes_outside.hpp"
#include "report/schema_notes_verdict.hpp"

namespace ringback::schema {

using Json = nlohmann::ordered_json;

void add_notes(Json& defs, std::span<const Note> own) {
  const auto add = [&](const Note& note) { defs.at(note.type).at("properties").at(note.key)["description"] = note.text; };
  const std::span<const Note> tables[] = {kNotesOfVerdict, kNotesOfHost, kNotesOfNetwork, kNotesOfOutside};
  for (const auto table : tables)
    for (const auto& note : table)
      if (defs.contains(note.type)) add(note);
  for (const auto& note : own) add(note);
}

Json document(const Heading& heading, const Json& root, Json defs) {
  Json result = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"$id", heading.id},
                 {"title", heading.title},
                 {"description", heading.description}};
  result.update(root);
  result["$defs"] = std::move(defs);
  return result;
}

}  // namespace ringback::schema
