#pragma once
/// A capture file, from its first packet to its last, or as far as it can be read.
#include "arrivals/file_contents.hpp"
#include "arrivals/verdict.hpp"
#include "io/capture_file.hpp"

namespace ringback::watch {

struct FileFacts : arrivals::FileContents {
  std::uint64_t other_link_types = 0;      ///< packets of interfaces whose kind is not read
  std::optional<std::string> other_link_type;  ///< the first such
  std::optional<Error> trouble;            ///< where reading ended before the end, with the offset
};

struct FileRead {
  FileFacts facts;
  arrivals::Counts counts;
  std::vector<arrivals::Attempt> attempts; ///< from outside, in the order of arrival
};

/// An error where nothing could be read at all: no capture, or one of a link type that is not read.
[[nodiscard]] Expected<FileRead> read_capture(std::unique_ptr<io::ByteSource> source, const arrivals::Watch& watch);

}  // namespace ringback::watch
