/// Who serves the name.
#include "diagnosis/explanations_by_group.hpp"

namespace ringback::diagnosis::pages {

std::vector<Explanation> of_zones() {
  return {
      {.code = "dns.servers-disagree",
       .plainly =
           {"The records of a domain are kept on several name servers, so that one may fail. They should all have the same. Here they were asked the "
            "same question, each directly, and gave different answers: some visitors are led to one place, some to another, by chance."},
       .neighbours = {{"dns.stale-cache", "There the zone's own servers agree, and a resolver remembers something older."},
                      {"dns.lame-server", "There a server does not answer for the zone at all. Here each answers with authority."},
                      {"dns.delegation-differs", "There the lists of servers differ. Here what the servers say does."}},
       .doubt =
           "Some zones answer differently on purpose, by the hour or by who asks. It is certain where one server has the record and another has "
           "none, or where each keeps to its own word at all its addresses. Where both say that they have the same version of the zone it is likely.",
       .steps = {"Compare the versions: the number in each server's SOA record grows with every change. The server with the smaller number did not "
                 "get the change.",
                 "If you run the servers, raise the number on the first one and let the others fetch the zone again. Otherwise ask the company that "
                 "keeps the zone.",
                 "If a server no longer belongs to the zone, take it out of the list of name servers where the domain is registered."},
       .commands = {"dig +nssearch ZONE", "dig +norecurse NAME AAAA @SERVER"},
       .costs = {.inconvenience = "a change of the list of name servers may take a day or two to be seen everywhere"},
       .reading = {{1034, "4.3.5", "how the servers of a zone copy it from each other"},
                   {1982, "3.2", "which of two version numbers is the newer one"},
                   {1996, "", "how the others are told of a change"}},
       .search_for = {"DNS servers out of sync", "SOA serial mismatch", "zone transfer"}},

      {.code = "dns.lame-server",
       .plainly = {"The list of name servers of this domain names one that does not do its work: it refuses, says that it has nothing to do with the "
                   "domain, or is silent. Visitors whose resolver happens to ask that one first wait or fail.",
                   "If none of the servers answers, nobody finds the name at all, whatever its records are."},
       .neighbours = {{"dns.servers-disagree", "There each server answers with authority, and differently."},
                      {"dns.name-missing", "There a server answers with authority that there is no such name."},
                      {"dns.resolver-broken", "There the silent one is a resolver, which looks names up for this host, and no server of the zone."}},
       .doubt = "A refusal counts where another server of the zone answers with authority over the same family, or where the name cannot be found at "
                "all. Silence counts after two questions that were sent four times each, while another server of the zone was heard; so does the "
                "word of the server's own router that no such machine is there. Where something in this network answers port 53 in the place of "
                "every server, whether they answer could not be tested.",
       .steps = {"If the server shall serve the zone, see that it runs, that the zone is set up on it, and that port 53 is open to it for UDP and "
                 "TCP; or ask its operator.",
                 "Otherwise log in where the domain is registered, and delete it from the list of name servers and from the zone's NS records.",
                 "If the zone has moved to other servers, enter those."},
       .commands = {"dig +trace ZONE NS", "dig +norecurse ZONE SOA @SERVER"},
       .costs = {.inconvenience = "a change of the list of name servers may take a day or two to be seen everywhere"},
       .reading = {{1912, "2.8", "what a lame delegation is"},
                   {8914, "4", "what resolvers say when they reach no server"},
                   {7766, "", "why TCP has to be open as well"}},
       .search_for = {"lame delegation", "name server REFUSED", "name server not responding"}},

      {.code = "dns.delegation-differs",
       .plainly =
           {"The list of a domain's name servers stands in two places: in the zone above, where the domain is registered, and in the zone itself. "
            "Visitors begin with the first and then may follow the second. Here they are not the same, mostly because one was forgotten in a move."},
       .neighbours = {{"dns.lame-server",
                       "There a server of the list does not answer for the zone. Here all may be well as long as both lists have servers that do."},
                      {"dns.servers-disagree", "There the servers' answers differ."}},
       .doubt = "Both lists were read from those who keep them, so it is certain; whether it hurts anybody is told by other codes.",
       .steps = {"Compare the two lists.", "Correct the one that is out of date: where the domain is registered, or the NS records in the zone."},
       .commands = {"dig +trace ZONE NS", "dig ZONE NS"},
       .costs = {.inconvenience = "a change of the list of name servers may take a day or two to be seen everywhere"},
       .reading = {{1034, "4.2.2", "that the two lists should be kept the same"}, {1912, "2.8", "what becomes of it otherwise"}},
       .search_for = {"NS records mismatch", "parent and child NS differ", "delegation inconsistency"}},
  };
}

}  // namespace ringback::diagnosis::pages
