#include "cli/program.hpp"

#include <filesystem>
#include <sstream>

namespace ringback::cli {

std::string called_as(const std::string& argv0, const std::optional<std::string>& search_path) {
  const std::filesystem::path program(argv0);
  if (argv0.empty() || argv0.find('/') == std::string::npos) return "ringback";
  std::istringstream folders(search_path.value_or(""));
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::error_code nowhere;
    const auto there = std::filesystem::path(folder) / program.filename();
    if (!folder.empty() && std::filesystem::equivalent(there, program, nowhere)) return program.filename();
  }
  return argv0;
}

}  // namespace ringback::cli
