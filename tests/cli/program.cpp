#include "cli/program.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/command_line.hpp"
#include "support/catch.hpp"

using namespace ringback;

TEST_CASE("the program is named as a shell finds it") {
  const auto folder = std::filesystem::temp_directory_path() / ("ringback-called-as-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "ringback") << "x";
  const auto here = (folder / "ringback").string();
  CHECK(cli::called_as("ringback", std::nullopt) == "ringback");             // the shell found it by its name
  CHECK(cli::called_as("", "/usr/bin") == "ringback");
  CHECK(cli::called_as(here, std::nullopt) == here);
  CHECK(cli::called_as(here, "/usr/bin::/nowhere") == here);
  CHECK(cli::called_as(here, "/usr/bin:" + folder.string()) == "ringback");
  CHECK(cli::called_as("./no-such-file", folder.string()) == "./no-such-file");
  std::filesystem::remove_all(folder);
}

TEST_CASE("every help fits a terminal of 80 columns") {
  std::vector<std::string> texts{cli::help_text()};
  for (const auto* subcommand : {"wait", "read", "explain"}) texts.push_back(cli::parse(std::vector<std::string>{subcommand, "--help"}, {}).value().help);
  for (const auto& text : texts) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      std::size_t columns = 0;
      for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80 ? 1 : 0;
      INFO(line);
      CHECK(columns <= 80);
    }
  }
}
