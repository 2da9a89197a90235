#pragma once
#include "io/network.hpp"

namespace ringback::io {

/// Owns libcurl's process-wide state; counted, so that several may live at once.
class CurlLibrary {
 public:
  CurlLibrary();
  ~CurlLibrary();
  CurlLibrary(const CurlLibrary&) = delete;
  CurlLibrary& operator=(const CurlLibrary&) = delete;
  [[nodiscard]] bool ready() const { return ready_; }

 private:
  bool ready_ = false;
};

/// One request, one connection, no redirect, no proxy, no cookie, no cache. A CurlLibrary must be alive.
[[nodiscard]] Expected<HttpResponse> http_request(const HttpRequest& request, Deadline deadline, const Clock& clock);

}  // namespace ringback::io
