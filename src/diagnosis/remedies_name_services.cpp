/// What services that keep names can do by themselves.
#include "diagnosis/remedies_by_code.hpp"
#include "diagnosis/updaters.hpp"
#include "net/interface_identifier.hpp"

namespace ringback::diagnosis::advice {

std::vector<std::string> hints_of_service(const Finding& f, const System& s) {
  std::vector<std::string> hints;
  if (!f.subject.name || !s.evidence) return hints;
  const auto owner = record_owner(f, s);
  const auto identifier = s.stable_ipv6 ? interface_identifier(*s.stable_ipv6) : 0;
  const auto group = [&](unsigned shift) { return identifier >> shift & 0xffffU; };
  const auto last_half = s.stable_ipv6 ? fmt::format("::{:x}:{:x}:{:x}:{:x}", group(48), group(32), group(16), group(0)) : std::string("the last four groups of this host's stable address");
  if (is_myfritz(owner)) {
    hints.push_back(f.code == "dns.aaaa-router"
                        ? "The MyFRITZ! name of the FRITZ!Box leads to the box itself, over IPv6 as well. This host has a name of its own before it "
                          "(DEVICE.….myfritz.net) once the box shares a port for it: the list of shared ports shows the name."
                        : "A MyFRITZ! name is kept by the FRITZ!Box: no program of this host can set it.");
    hints.push_back(fmt::format("In the box's menu, under Internet > Permit Access (Freigaben), open this device and set its IPv6 interface ID to {}; the name "
                                "then follows whenever this home gets other addresses.", last_half));
  } else if (is_of_dynv6(*s.evidence, owner)) {
    hints.push_back(fmt::format("dynv6 can put addresses together by itself: a record of type AAAA below the zone (the domain there) with {} gets the first half of this home's addresses "
                                "(the prefix) before it, and ipv6prefix=auto in the update URL keeps the prefix current, whoever calls it. The zone's own address is set with ipv6= alone.",
                                last_half));
  }
  return hints;
}

}  // namespace ringback::diagnosis::advice
