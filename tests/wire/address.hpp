#pragma once
#include "net/address.hpp"

namespace ringback::test {

inline Address address(const char* text) { return Address::parse(text).value(); }

}  // namespace ringback::test
