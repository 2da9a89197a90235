#pragma once
/// A report from evidence, with today's rules.
#include "report/report.hpp"

namespace ringback {

/// The same report with the verdict that its evidence gives now, by this version.
[[nodiscard]] Report judged(Report report);

/// The same without what identifies the household, judged anew, so that its sentences and commands are made of masks as well. On failure there is
/// nothing that may be shown; the error names the place.
[[nodiscard]] Expected<Report> redacted(const Report& report);

/// Sentences about what went wrong beside it, with the masks that its values have in redacted(). Where that cannot be done they say no more than that there was
/// something.
[[nodiscard]] std::vector<std::string> redacted_sentences(const Report& report, const std::vector<std::string>& sentences);

}  // namespace ringback
