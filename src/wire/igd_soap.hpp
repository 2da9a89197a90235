#pragma once
/// Calling an action of a UPnP service (UPnP Device Architecture 1.1 §3). No I/O.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/expected.hpp"

namespace ringback::wire::igd {

using Arguments = std::vector<std::pair<std::string, std::string>>;

/// SOAPACTION header line.
[[nodiscard]] std::string soap_header(std::string_view service_type, std::string_view action);
/// The envelope; argument values are escaped, names and types are taken as they are.
[[nodiscard]] std::string soap_body(std::string_view service_type, std::string_view action, const Arguments& arguments = {});

struct SoapAnswer {
  Arguments arguments;                  ///< as they came, at most 32 of at most 1024 bytes; empty of an error
  std::optional<unsigned> upnp_error;   ///< errorCode of a fault, UPnP Device Architecture 1.1 §3.2.5
  std::string error_description;        ///< printable
  /// nullopt: it was not there; "" is a value.
  [[nodiscard]] std::optional<std::string_view> argument(std::string_view name) const;
  bool operator==(const SoapAnswer&) const = default;
};

/// Errc::malformed where it is neither the answer of this action nor a UPnP fault.
[[nodiscard]] Expected<SoapAnswer> parse_soap(std::string_view xml, std::string_view action);

inline constexpr unsigned specified_array_index_invalid = 713;  ///< the end of the mapping list, WANIPConnection:1 §2.4.14
inline constexpr unsigned no_such_entry_in_array = 714;         ///< some routers end their list with this one

}  // namespace ringback::wire::igd
