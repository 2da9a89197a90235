#include "report/said_once.hpp"

#include "support/catch.hpp"

using namespace ringback;

namespace {

std::vector<std::string> said(const std::vector<std::string>& details) {
  std::vector<Finding> findings;
  for (const auto& detail : details) findings.push_back({.detail = detail});
  Problem problem;
  for (const auto& finding : findings) problem.findings.push_back(&finding);
  return said_once(problem);
}

}  // namespace

TEST_CASE("of findings that are told together no sentence is said twice") {
  using Texts = std::vector<std::string>;
  CHECK(said({"The knock arrived. The filter drops it: \"ip saddr . tcp dport @a drop\" of ip.",
              "The knock arrived. The filter drops it: \"ip saddr . tcp dport @a drop\" of ip6."}) ==
        Texts{"The knock arrived. The filter drops it: \"ip saddr . tcp dport @a drop\" of ip.",
              "The filter drops it: \"ip saddr . tcp dport @a drop\" of ip6."});
  CHECK(said({"Nothing arrived.", "Nothing arrived."}) == Texts{"Nothing arrived."});
  CHECK(said({"One. Two.", "Two. One."}) == Texts{"One. Two.", "Two. One."});
  CHECK(said({"One. Two.", "One. Two. Three."}) == Texts{"One. Two.", "Three."});
  CHECK(said({"", "One."}) == Texts{"One."});
  CHECK(said({"It listens there, so visitors find nobody.", "It listens there."}) == Texts{"It listens there, so visitors find nobody."});
  using Two = std::pair<const char*, const char*>;
  for (const auto& [longer, shorter] : {Two{"Nothing listens on 10.0.0.10, so visitors find nobody.", "Nothing listens on 10.0.0.1."}, Two{"It is at 10.0.0.1, so.", "It is at 10.0.0."},
                                        Two{"It is at fe80::1, so.", "It is at fe80:."}, Two{"It listens therein.", "It listens there."}})
    CHECK(said({longer, shorter}) == Texts{longer, shorter});
  CHECK(said({"One. ", "One. "}) == Texts{"One. "});
}
