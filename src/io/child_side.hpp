#pragma once
/// What a child that was forked to serve its parent does first.
#include <sys/types.h>

namespace ringback::io {

/// It keeps nothing of its parent's but `socket`, as this descriptor: a listening socket or a pipe that it held open would outlive its owner.
constexpr int kept_socket = 3;
void let_go_of_everything_but(int socket);

/// Ctrl-C reaches every process of a terminal, and the parent may still want answers after it. The child ends with the thread that forked it, also in
/// the midst of its work. To be called after a change of user, which would undo this (prctl(2)).
void end_with(pid_t parent);

}  // namespace ringback::io
