#include "commands/progress.hpp"

#include "support/catch.hpp"

using namespace ringback::commands;

TEST_CASE("the line of progress names what is still out, and stays within the terminal") {
  CHECK(progress_line({}, 80).empty());
  CHECK(progress_line({"stun", "inbound"}, 80) == "Waiting for stun, inbound");
  for (unsigned columns = 1; columns < 40; ++columns) {
    const auto line = progress_line({"stun", "web", "dns", "path", "router", "inbound"}, columns);
    CHECK(line.size() < std::max(columns, 2U));
  }
  CHECK(progress_line({"stun", "inbound"}, 20) == "Waiting for stun...");
}
