#pragma once
/// What the caller's environment may steer in a program that has more rights than he has.

namespace ringback::io {

/// Where the program has rights that its caller lacks (file capabilities, the set-user-ID bit: getauxval(3) AT_SECURE), leaves of the
/// environment only what steers its output: libraries read the rest, and some of them load code or files by it (XTABLES_LIBDIR,
/// OPENSSL_CONF, RES_OPTIONS, proxies). To be called before there are threads, and before anything reads the environment.
void distrust_environment();

/// The same unconditionally, and without exceptions: for a child that has nothing to say to anybody.
void clear_environment();

/// Threads that wait most of their time: stacks of 1 MiB, which the C library keeps for the next thread in place of unmapping them, and one heap, which
/// keeps what it has. Each unmapping, and each heap that grows, interrupts every other processor of the machine (mprotect(2), munmap(2): the TLB is
/// flushed).
void prepare_for_many_threads();

}  // namespace ringback::io
