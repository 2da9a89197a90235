#pragma once
/// Domain names as people write them: "bücher.example" stands in the DNS as "xn--bcher-kva.example" (IDNA 2008, RFC 5890 to 5893).
#include <string>
#include <string_view>

#include "base/expected.hpp"

namespace ringback {

/// The name in ASCII; of a name that is ASCII already, itself and unchecked. Errc::invalid_input says why it cannot be one: it is not
/// UTF-8, or has a character that no name may have.
[[nodiscard]] Expected<std::string> name_in_ascii(std::string_view text);

}  // namespace ringback
