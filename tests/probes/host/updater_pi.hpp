#pragma once
/// A small host on which updaters are looked for: its files, folders and processes.
#include <algorithm>
#include <set>

#include "probes/host/updaters.hpp"
#include "support/catch.hpp"
#include "support/scripted_network.hpp"

namespace ringback::test {

/// Files that root alone may read are not there for others. Each file may take its time.
struct GuardedNetwork : ScriptedNetwork {
  explicit GuardedNetwork(const FakeClock& its_clock) : ScriptedNetwork(its_clock), time(its_clock) {}
  const FakeClock& time;
  std::set<std::string> guarded;
  std::set<std::string> of_a_directory;   ///< accounts that this host's own files do not have
  std::chrono::milliseconds each_takes{0};
  std::vector<io::ForeignFile> foreign;   ///< that were read
  Expected<std::string> read_file(const std::string& path, std::size_t limit) override {
    time.advance(each_takes);
    if (guarded.contains(path)) return failure(Errc::not_permitted, "read " + path + ": Permission denied");
    return ScriptedNetwork::read_file(path, limit);
  }
  std::unique_ptr<io::ForeignFiles> foreign_files() override { return std::make_unique<GuardedFiles>(*this); }

  struct GuardedFiles : io::ForeignFiles {
    explicit GuardedFiles(GuardedNetwork& its_network) : network(its_network) {}
    GuardedNetwork& network;
    Expected<std::string> read(const io::ForeignFile& file, Deadline deadline) override {
      CHECK(deadline.at <= network.time.now() + milliseconds(250));
      network.foreign.push_back(file);
      if (network.of_a_directory.contains(file.reader))
        return failure(Errc::unsupported, "read " + file.path + " as " + file.reader + ": there is no such account in /etc/passwd");
      return network.read_file(file.path, file.limit);
    }
  };
};

struct Pi {
  FakeClock clock;
  GuardedNetwork network{clock};
  ScriptedRandom random;
  host::Processes processes{{"systemd", "cron"}, true};
  host::Familiar known{.names = {"home.example.org"}, .interfaces = {"lo", "eth0"}};
  std::map<std::string, std::string>& files = network.host.files;
  std::map<std::string, std::vector<std::string>>& folders = network.host.directories;

  host::FoundUpdaters find() { return host::find_updaters({network, clock, random}, processes, known, {clock.now() + seconds(10)}); }
  std::vector<host::Updater> look() { return find().updaters; }
  host::Updater only() {
    const auto found = look();
    REQUIRE(found.size() == 1);
    return found.front();
  }
  /// As "READER path", a star where a link in the last place is not followed.
  [[nodiscard]] std::vector<std::string> read_of_others() const {
    std::vector<std::string> all;
    for (const auto& file : network.foreign)
      all.push_back((file.reader.empty() ? "own" : file.reader) + " " + file.path + (file.follow_link ? "" : "*"));
    return all;
  }
};

}  // namespace ringback::test
