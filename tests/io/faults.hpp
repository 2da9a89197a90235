#pragma once
/// Makes one fallible call of src/io fail, so that every path of failure is walked. The linker sends these calls through faults.cpp
/// (--wrap, see faults.cmake); the code under test knows nothing of it. Only the thread that arms a fault meets it.
#include <string>

namespace ringback::test {

enum class Fault {
  error,        ///< EIO, or what the library says for it
  interrupted,  ///< EINTR once, where a call may give it
};

class ArmedFault {
 public:
  /// The nth call from now on, counted from one. Of `interrupted` only calls that can be interrupted count.
  ArmedFault(Fault kind, int nth);
  ~ArmedFault();
  ArmedFault(const ArmedFault&) = delete;
  ArmedFault& operator=(const ArmedFault&) = delete;
  /// The name of the call that failed; empty: there were fewer.
  [[nodiscard]] std::string hit() const;
};

}  // namespace ringback::test
