#include "report/check.hpp"

namespace ringback {

Level level_of(const Report& report) {
  return static_cast<Level>(exit_status({report.connection, report.services, report.names, report.findings}));
}

}  // namespace ringback
