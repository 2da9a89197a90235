#pragma once

namespace ringback::schema {

/// A description of a property, in plain words; what has a unit names it.
struct Note {
  const char* type;
  const char* key;
  const char* text;
};

}  // namespace ringback::schema
