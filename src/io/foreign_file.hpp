#pragma once
/// Reading what somebody else of this host pointed at, as he might read it himself.
#include <memory>

#include "io/network.hpp"

namespace ringback::io {

/// By a child process, which has the reader's rights (his user, group and groups) where this process is root's own, and otherwise those of
/// whoever called: a program with the set-user-ID bit reads nothing that he may not. One child reads one file after the other, as a fork costs
/// more than a file; another one takes its place for another reader, and where it has not done it by the deadline, as with a file on a server
/// that answers no more. Who the reader is, /etc/passwd and /etc/group say, and nobody else is asked: a directory's account (LDAP, a
/// domain's) is none here, because the look-up waits for its server without a deadline, and a child that was forked among threads may not make
/// it; groups that the directory alone puts him into open nothing. Errc::not_permitted where the reader may not read it, Errc::failed
/// where it is missing, no regular file, or of a reader whom those files do not have.
[[nodiscard]] std::unique_ptr<ForeignFiles> open_foreign_files(const Clock& clock);

}  // namespace ringback::io
