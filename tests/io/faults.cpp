#include "io/faults.hpp"

#include <ares.h>
#include <curl/curl.h>
#include <dirent.h>
#include <libmnl/libmnl.h>
#include <nftables/libnftables.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <cerrno>

namespace ringback::test {
namespace {

struct State {
  bool armed = false;
  Fault kind = Fault::error;
  int left = 0;
  const char* hit = "";
};
thread_local State state;

bool fails_now(const char* call) {
  if (!state.armed || --state.left != 0) return false;
  state.hit = call;
  errno = state.kind == Fault::error ? EIO : EINTR;
  return true;
}

/// A library call: it cannot be interrupted.
bool fails(const char* call) { return state.kind == Fault::error && fails_now(call); }

}  // namespace

ArmedFault::ArmedFault(Fault kind, int nth) { state = {.armed = true, .kind = kind, .left = nth}; }
ArmedFault::~ArmedFault() { state = {}; }
std::string ArmedFault::hit() const { return state.hit; }

}  // namespace ringback::test

using ringback::test::fails;
using ringback::test::fails_now;

/// RESULT NAME(PARAMETERS): FAILED instead of the call when `WHEN` says so.
#define RINGBACK_WRAP(WHEN, FAILED, RESULT, NAME, PARAMETERS, ARGUMENTS) \
  RESULT __real_##NAME PARAMETERS;                                       \
  RESULT __wrap_##NAME PARAMETERS;                                       \
  RESULT __wrap_##NAME PARAMETERS { return WHEN(#NAME) ? FAILED : __real_##NAME ARGUMENTS; }

// NOLINTBEGIN: the names are the linker's
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wreserved-identifier"
extern "C" {
RINGBACK_WRAP(fails, -1, int, socket, (int a, int b, int c), (a, b, c))
RINGBACK_WRAP(fails, -1, int, setsockopt, (int a, int b, int c, const void* d, socklen_t e), (a, b, c, d, e))
RINGBACK_WRAP(fails, -1, int, getsockopt, (int a, int b, int c, void* d, socklen_t* e), (a, b, c, d, e))
RINGBACK_WRAP(fails, -1, int, bind, (int a, const sockaddr* b, socklen_t c), (a, b, c))
RINGBACK_WRAP(fails, -1, int, getsockname, (int a, sockaddr* b, socklen_t* c), (a, b, c))
RINGBACK_WRAP(fails, -1, int, connect, (int a, const sockaddr* b, socklen_t c), (a, b, c))
RINGBACK_WRAP(fails_now, -1, ssize_t, sendmsg, (int a, const msghdr* b, int c), (a, b, c))
RINGBACK_WRAP(fails_now, -1, ssize_t, recvmsg, (int a, msghdr* b, int c), (a, b, c))
RINGBACK_WRAP(fails_now, -1, ssize_t, recvfrom, (int a, void* b, size_t c, int d, sockaddr* e, socklen_t* f), (a, b, c, d, e, f))
RINGBACK_WRAP(fails_now, -1, ssize_t, send, (int a, const void* b, size_t c, int d), (a, b, c, d))
RINGBACK_WRAP(fails_now, -1, ssize_t, recv, (int a, void* b, size_t c, int d), (a, b, c, d))
RINGBACK_WRAP(fails_now, -1, int, ppoll, (pollfd* a, nfds_t b, const timespec* c, const sigset_t* d), (a, b, c, d))
RINGBACK_WRAP(fails_now, -1, ssize_t, read, (int a, void* b, size_t c), (a, b, c))
RINGBACK_WRAP(fails_now, -1, ssize_t, getrandom, (void* a, size_t b, unsigned c), (a, b, c))
RINGBACK_WRAP(fails, nullptr, DIR*, opendir, (const char* a), (a))
// Of open(2) src/io uses the form without a mode.
int __real_open(const char* path, int flags, ...);
int __wrap_open(const char* path, int flags, ...);
int __wrap_open(const char* path, int flags, ...) { return fails_now("open") ? -1 : __real_open(path, flags, 0); }

RINGBACK_WRAP(fails, nullptr, mnl_socket*, mnl_socket_open2, (int a, int b), (a, b))
RINGBACK_WRAP(fails, -1, int, mnl_socket_bind, (mnl_socket * a, unsigned b, pid_t c), (a, b, c))
RINGBACK_WRAP(fails_now, -1, ssize_t, mnl_socket_sendto, (const mnl_socket* a, const void* b, size_t c), (a, b, c))
RINGBACK_WRAP(fails_now, -1, ssize_t, mnl_socket_recvfrom, (const mnl_socket* a, void* b, size_t c), (a, b, c))

RINGBACK_WRAP(fails, nullptr, pcap_t*, pcap_create, (const char* a, char* b), (a, b))
// libpcap 1.10 cleans up in a failing pcap_activate, and not in pcap_close: the call is made, and then said to have failed.
RINGBACK_WRAP(fails, (static_cast<void>(__real_pcap_activate(a)), PCAP_ERROR), int, pcap_activate, (pcap_t * a), (a))
RINGBACK_WRAP(fails, PCAP_ERROR, int, pcap_setdirection, (pcap_t * a, pcap_direction_t b), (a, b))
RINGBACK_WRAP(fails, PCAP_ERROR, int, pcap_compile, (pcap_t * a, bpf_program* b, const char* c, int d, bpf_u_int32 e), (a, b, c, d, e))
RINGBACK_WRAP(fails, PCAP_ERROR, int, pcap_setfilter, (pcap_t * a, bpf_program* b), (a, b))
RINGBACK_WRAP(fails, PCAP_ERROR, int, pcap_setnonblock, (pcap_t * a, int b, char* c), (a, b, c))
RINGBACK_WRAP(fails, -1, int, pcap_get_selectable_fd, (pcap_t * a), (a))
RINGBACK_WRAP(fails, PCAP_ERROR, int, pcap_next_ex, (pcap_t * a, pcap_pkthdr** b, const u_char** c), (a, b, c))
RINGBACK_WRAP(fails, PCAP_ERROR, int, pcap_stats, (pcap_t * a, pcap_stat* b), (a, b))

RINGBACK_WRAP(fails, CURLE_OUT_OF_MEMORY, CURLcode, curl_global_init, (long a), (a))
RINGBACK_WRAP(fails, nullptr, CURL*, curl_easy_init, (), ())
RINGBACK_WRAP(fails, nullptr, CURLM*, curl_multi_init, (), ())
RINGBACK_WRAP(fails, nullptr, curl_slist*, curl_slist_append, (curl_slist * a, const char* b), (a, b))
RINGBACK_WRAP(fails, CURLM_OUT_OF_MEMORY, CURLMcode, curl_multi_add_handle, (CURLM * a, CURL* b), (a, b))
RINGBACK_WRAP(fails, CURLM_INTERNAL_ERROR, CURLMcode, curl_multi_perform, (CURLM * a, int* b), (a, b))
RINGBACK_WRAP(fails, CURLM_INTERNAL_ERROR, CURLMcode, curl_multi_poll, (CURLM * a, curl_waitfd* b, unsigned c, int d, int* e), (a, b, c, d, e))

RINGBACK_WRAP(fails, ARES_ENOMEM, int, ares_library_init, (int a), (a))
RINGBACK_WRAP(fails, ARES_ENOMEM, int, ares_init_options, (ares_channel * a, ares_options* b, int c), (a, b, c))

RINGBACK_WRAP(fails, nullptr, nft_ctx*, nft_ctx_new, (std::uint32_t a), (a))
RINGBACK_WRAP(fails, -1, int, nft_ctx_buffer_output, (nft_ctx * a), (a))
RINGBACK_WRAP(fails, -1, int, nft_ctx_buffer_error, (nft_ctx * a), (a))
RINGBACK_WRAP(fails, -1, int, nft_run_cmd_from_buffer, (nft_ctx * a, const char* b), (a, b))
}
// NOLINTEND
