#pragma once
/// Domain names as text, always absolute ("www.example.org.") and in lower case; RFC 1035 §2.3.1 and §2.3.4, RFC 4343.
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"
#include "wire/reader.hpp"

namespace ringback::wire::dns {

/// A name as a person writes it, with or without its final dot. Errc::invalid_input names what is wrong: an empty label, a label of
/// more than 63 or a name of more than 255 octets, a character that no host name has. International names become their "xn--…" form.
Expected<std::string> absolute_name(std::string_view text);

/// A name as messages have it, without compression, in presentation form (RFC 1035 §5.1): what is not printable is escaped, so the result is ASCII.
/// Empty: not a name.
std::string text_of_name(ByteView wire);

/// The name itself and its parents, the nearest first, down to the one below the root: "a.b.c.", "b.c.", "c.".
std::vector<std::string> enclosing_names(const std::string& name);

/// Is `name` the zone's name or below it? Both absolute and in lower case.
bool is_within(std::string_view name, std::string_view zone);

}  // namespace ringback::wire::dns
