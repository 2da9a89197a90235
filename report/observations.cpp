#include "report/observations.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "evidence/evidence_json.hpp"
#include "evidence/json.hpp"
#include "report/in_words.hpp"
#include "report/safe_text.hpp"

namespace ringback {
namespace {

using json::Value;

constexpr std::size_t kMostElements = 256;  // of one list
constexpr std::size_t kLongestValue = 300;  // characters of one value; the nftables ruleset is far longer

bool is_absent(const Value& value) { return value.is_null() || (value.is_structured() && value.empty()); }
bool is_scalar_list(const Value& value) {
  return value.is_array() && std::none_of(value.begin(), value.end(), [](const Value& v) { return v.is_structured(); });
}
bool fits_a_line(const Value& value) { return !value.is_structured() || is_scalar_list(value); }

std::string scalar(const Value& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return text.empty() ? "\"\"" : safe_text(text, {.longest = kLongestValue});
  }
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return value.dump(-1, ' ', true, Value::error_handler_t::replace);
}

std::string inline_text(const Value& value) {
  if (!value.is_array()) return scalar(value);
  std::string result;
  for (std::size_t i = 0; i < std::min(value.size(), kMostElements); ++i) result += (i == 0 ? "" : ", ") + scalar(value[i]);
  return result;
}

std::string spaced(std::string key) {
  std::replace(key.begin(), key.end(), '_', ' ');
  return key;
}

/// "round_trip_us": 1234 becomes "round trip 1234 us".
std::string pair_text(const std::string& key, const Value& value) {
  for (const char* unit : {"_us", "_ms", "_s"})
    if (key.ends_with(unit) && value.is_number())
      return fmt::format("{} {} {}", spaced(key.substr(0, key.rfind('_'))), inline_text(value), unit + 1);
  return spaced(key) + " " + inline_text(value);
}

/// Recursion follows the evidence's types, which are a few levels deep.
void write(const Value& object, std::size_t indent, std::string first, const MasksInWords& say, Page& page) {
  std::string line;
  for (const auto& [key, value] : object.items())
    if (!is_absent(value) && fits_a_line(value)) line += (line.empty() ? "" : "; ") + pair_text(key, value);
  if (!line.empty()) page.paragraph(say(line), first), first.assign(indent, ' ');
  for (const auto& [key, value] : object.items()) {
    if (is_absent(value) || fits_a_line(value)) continue;
    page.paragraph(spaced(key) + ":", first);
    first.assign(indent, ' ');
    const std::size_t deeper = std::min<std::size_t>(indent + 2, 12);
    if (value.is_object()) {
      write(value, deeper, std::string(deeper, ' '), say, page);
      continue;
    }
    for (std::size_t i = 0; i < std::min(value.size(), kMostElements); ++i)
      write(value[i], deeper + 2, std::string(deeper, ' ') + "- ", say, page);
    if (value.size() > kMostElements)
      page.paragraph(fmt::format("and {} more", value.size() - kMostElements), std::string(deeper, ' ') + "- ");
  }
}

std::string run_sentence(const ProbeRun& run) {
  std::string status(to_string(run.status));
  std::replace(status.begin(), status.end(), '-', ' ');
  return fmt::format("{}: {} after {} ms{}", run.name, status, run.duration.count(), run.reason ? "; " + *run.reason : "");
}

}  // namespace

void write_observations(const Report& report, Page& page) {
  page.gap();
  page.paragraph("Probes", "", Paint::heading);
  for (std::size_t i = 0; i < std::min<std::size_t>(report.probes.size(), 64); ++i) page.paragraph(run_sentence(report.probes[i]), "  ");
  const Value evidence = evidence_to_json(report.evidence);
  const MasksInWords say(report.redaction);
  for (const auto& [probe, value] : evidence.items()) {
    if (is_absent(value)) continue;
    page.gap();
    page.paragraph("Observed: " + probe, "", Paint::heading);
    write(value, 2, "  ", say, page);
  }
}

}  // namespace ringback
