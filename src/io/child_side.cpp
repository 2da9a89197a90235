#include "io/child_side.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

namespace ringback::io {

void let_go_of_everything_but(int socket) {
  socket = ::fcntl(socket, F_DUPFD, kept_socket + 1);   // a parent without standard descriptors has it among them
  const int null = ::open("/dev/null", O_RDWR);
  for (const int standard : {0, 1, 2}) ::dup2(null, standard);
  ::dup2(socket, kept_socket);
  ::close_range(kept_socket + 1, ~0U, 0);
}

void end_with(pid_t parent) {
  for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP}) ::signal(signal, SIG_IGN);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) ::_exit(0);
}

}  // namespace ringback::io
