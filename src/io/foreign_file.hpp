#pragma once
/// Reading what somebody else of this host pointed at, as he might read it himself.
#include "io/network.hpp"

namespace ringback::io {

/// By a child process, which has the reader's rights (his user, group and groups) where this process is root's own, and otherwise those of
/// whoever called: a program with the set-user-ID bit reads nothing that he may not. It is gone by the deadline, also where the file lies on
/// a server that answers no more. Errc::not_permitted where the reader may not read it, Errc::failed where it is missing or no regular file.
[[nodiscard]] Expected<std::string> read_foreign_file(const ForeignFile& file, Deadline deadline, const Clock& clock);

}  // namespace ringback::io
