#pragma once
/// Domain names and host names of one report, and their masks.
#include <map>
#include <string>
#include <string_view>

#include "redact/numbered.hpp"

namespace ringback::redaction {

class NameMasks {
 public:
  /// Label by label, so that a name below a zone is below that zone's mask: "name1.zone1.example". The final dot stays as it is. A name that is
  /// written as people do has the mask of the one in ASCII.
  [[nodiscard]] std::string domain(const std::string& name);
  /// Of a machine: a name without a dot is no domain.
  [[nodiscard]] std::string host(const std::string& name);

 private:
  [[nodiscard]] std::string label_for(std::string_view label, const std::string& from_here, unsigned depth);

  std::map<std::string, std::string> labels_;   ///< by the name from this label to the end
  unsigned top_levels_ = 0, zones_ = 0, names_ = 0;
  Numbered hosts_{"host"};
};

/// A zone, or a server that everybody may ask, which is called by its name in a redacted report.
[[nodiscard]] bool is_public_name(std::string_view name);

}  // namespace ringback::redaction
