#pragma once
#include "report/page.hpp"
#include "report/report.hpp"

namespace ringback {

/// How every probe ended, and what it observed, as the evidence's own keys and values; what is absent is left out.
void write_observations(const Report& report, Page& page);

}  // namespace ringback
