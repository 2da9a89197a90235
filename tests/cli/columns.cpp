#include "cli/columns.hpp"

#include "support/catch.hpp"

using namespace ringback;

TEST_CASE("the width is what the environment says where that is sensible, then the terminal's, then 80") {
  struct Row {
    std::optional<std::string> environment;
    std::optional<unsigned> of_terminal;
    unsigned columns;
  };
  for (const auto& [environment, of_terminal, columns] :
       {Row{std::nullopt, std::nullopt, 80}, Row{std::nullopt, 132, 132}, Row{"60", std::nullopt, 60}, Row{"60", 132, 60}, Row{"20", 132, 20}, Row{"1000", 132, 1000},
        Row{"19", 132, 132}, Row{"1001", 132, 132}, Row{"", 132, 132}, Row{"0", std::nullopt, 80}, Row{"-60", 132, 132}, Row{"60x", 132, 132}, Row{" 60", 132, 132},
        Row{"99999999999999999999", 132, 132}}) {
    INFO(environment.value_or("(none)"));
    CHECK(cli::columns(environment, of_terminal) == columns);
  }
}
