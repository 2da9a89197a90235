#pragma once
/// The one include of Catch2: version 2 (Debian 12) and version 3 (Debian 13) differ in their header's name.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
