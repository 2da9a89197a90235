/// A program listens where visitors do not arrive: what to write into its configuration.
#include <algorithm>
#include <array>

#include "diagnosis/firewall_rule.hpp"
#include "diagnosis/remedies_by_code.hpp"

namespace ringback::diagnosis::advice {
namespace {

/// How the usual services are told to listen on every address. {} is the port; what a service says in one line for both families stands in
/// `ipv4`.
struct Row {
  const char* program;   ///< as the kernel calls it
  const char* name;
  const char* unit;
  const char* file;
  const char* ipv4;
  const char* ipv6;      ///< nullptr: `ipv4` is for both
};
constexpr std::array rows{
    Row{"nginx", "nginx", "nginx", "the site's file under /etc/nginx/sites-enabled", "listen {};", "listen [::]:{};"},
    Row{"apache2", "Apache", "apache2", "/etc/apache2/ports.conf", "Listen {}", nullptr},
    Row{"httpd", "Apache", "httpd", "/etc/httpd/conf/httpd.conf", "Listen {}", nullptr},
    Row{"sshd", "the SSH server", "ssh", "/etc/ssh/sshd_config", "ListenAddress 0.0.0.0", "ListenAddress ::"},
    Row{"mariadbd", "MariaDB", "mariadb", "/etc/mysql/mariadb.conf.d/50-server.cnf", "bind-address = *", nullptr},
    Row{"mysqld", "MySQL", "mysql", "/etc/mysql/mysql.conf.d/mysqld.cnf", "bind-address = *", nullptr},
    Row{"postgres", "PostgreSQL", "postgresql", "postgresql.conf", "listen_addresses = '*'", nullptr},
    Row{"redis-server", "Redis", "redis-server", "/etc/redis/redis.conf", "bind * -::*", nullptr},
    Row{"mosquitto", "Mosquitto", "mosquitto", "a file under /etc/mosquitto/conf.d", "listener {}", nullptr},
    Row{"master", "Postfix", "postfix", "/etc/postfix/main.cf", "inet_interfaces = all", nullptr},
    Row{"dovecot", "Dovecot", "dovecot", "/etc/dovecot/dovecot.conf", "listen = *, ::", nullptr},
    Row{"transmission-da", "Transmission", "transmission-daemon", "/etc/transmission-daemon/settings.json, at rpc-bind-address",
        "0.0.0.0", "::"},
};

/// The families over which visitors of this service find nobody for this reason: one edit lets both in.
struct Missing {
  bool ipv4 = false, ipv6 = false;
};

Missing missing(const Finding& f, const System& s) {
  Missing result{f.subject.family == Family::ipv4, f.subject.family == Family::ipv6};
  for (const auto& one : s.told)
    if (one.code == f.code && one.subject.service == f.subject.service && one.subject.family)
      (*one.subject.family == Family::ipv4 ? result.ipv4 : result.ipv6) = true;
  return result;
}

const Listener* listener_of(const Finding& f, const System& s) {
  if (!s.evidence || !s.evidence->listeners || !f.subject.service) return nullptr;
  const auto& all = s.evidence->listeners->listeners;
  const auto found = std::ranges::find_if(all, [&](const Listener& l) {
    return l.protocol == f.subject.service->protocol && l.local.port == f.subject.service->inside;
  });
  return found == all.end() ? nullptr : &*found;
}

const Row* row_of(const std::string& program) {
  const auto found = std::ranges::find_if(rows, [&](const Row& row) { return program == row.program; });
  return found == rows.end() ? nullptr : &*found;
}

/// With the port, and in quotes.
std::string filled(const char* line, unsigned port) {
  return '"' + fmt::format(fmt::runtime(line), port) + '"';
}

std::string lines_of(const Row& row, const Missing& families, unsigned port) {
  if (!row.ipv6) return filled(row.ipv4, port);
  if (families.ipv4 && families.ipv6) return filled(row.ipv4, port) + " and " + filled(row.ipv6, port);
  return filled(families.ipv6 ? row.ipv6 : row.ipv4, port);
}

/// Two addresses in one place stop many a program from starting.
std::string in_the_file(const Missing& families) {
  constexpr auto look = "In that file, look for \"listen\", \"bind\", \"host\" or \"address\". ";
  constexpr auto ipv4 =
      "In place of the IPv4 address there, put 0.0.0.0 (every IPv4 address); where there is none, put it beside the IPv6 address. If the program does not start with "
      "both (\"Address already in use\"), leave :: alone there: many programs then take IPv4 as well.";
  constexpr auto ipv6 =
      "In place of the IPv6 address there, put :: (every IPv6 address), in brackets where the old one has them; where there is none, put it in place of the IPv4 "
      "address: many programs then take IPv4 as well. An IPv4 address beside it stays as it is; if the program does not start with both (\"Address already in use\"), "
      "leave :: alone there.";
  constexpr auto both =
      "In place of the address there, put :: (every IPv6 address), in brackets where the old one has them: many programs then take IPv4 as well. Where two "
      "stand there, one that begins with 127. (or ::ffff:127.) and ::1, take the first one out. If IPv4 does not get in then, write it again as 0.0.0.0 (every IPv4 address) "
      "where it stood; if there is no room for two, or it does not start with both, 0.0.0.0 alone lets in IPv4, and :: alone IPv6.";
  return std::string(look) + (families.ipv4 && families.ipv6 ? both : families.ipv6 ? ipv6 : ipv4);
}

Remedy publish_everywhere(const Service& service, const System& s, const Command& shown) {
  const auto published = published_port(service, s);
  return advise("Publish the container's port on every address",
                {fmt::format("The container's port is published on one address alone. Leave the address away: docker run -p {} …, or in the "
                             "compose file ports: \"{}\". If no address stands in front of it there, look for \"ip\" in "
                             "/etc/docker/daemon.json.",
                             published, published),
                 "Then create the container anew (docker compose up -d). The command below shows where it listens."},
                {shown});
}

/// It holds the port, and nobody takes a visitor who comes past its rules.
Remedy publish_over_ipv6(const Command& shown) {
  return advise_by_steps("Let Docker publish over IPv6 as well",
                         {{"Docker was told to do without its own helper for that (the userland proxy), and has no rules for IPv6. In /etc/docker/daemon.json, take out "
                           "\"userland-proxy\": false; or let it keep such rules with \"ip6tables\": true (up to version 26 with \"experimental\": true beside "
                           "it), and give the container's network IPv6."},
                          {"Restart Docker with the first command; the second one shows where it listens.", {{"sudo systemctl restart docker"}, shown}}});
}

}  // namespace

std::string published_port(const Service& service, const System& s) {
  const auto inside = firewall::passed_on_to(service, s);
  return fmt::format("{}:{}{}", service.inside, inside ? fmt::format("{}", inside->port) : std::string("PORT-OF-THE-CONTAINER"),
                     service.protocol == Protocol::udp ? "/udp" : "");
}

Remedies listen_everywhere(const Finding& f, const System& s) {
  const unsigned port = f.subject.service ? f.subject.service->inside : 443;
  const bool udp = f.subject.service && f.subject.service->protocol == Protocol::udp;
  const auto families = missing(f, s);
  const auto* listener = listener_of(f, s);
  const auto program = listener ? listener->program.value_or("") : "";
  const auto* row = row_of(program);
  const auto filter = fmt::format("sport = :{}", port);
  const auto shown = udp ? Command{"sudo ss -lunp {}", filter} : Command{"sudo ss -ltnp {}", filter};
  if (program == "dockerd" && !families.ipv4) return {publish_over_ipv6(shown)};
  if (program == "docker-proxy" || program == "dockerd") return {publish_everywhere(*f.subject.service, s, shown)};
  std::vector<Step> steps;
  if (listener && listener->local.address.is_loopback())
    steps.push_back({"First decide whether visitors shall talk to this program itself. If so, go on; from then on everybody on the internet can, so it should "
                       "ask for a password. If another web server (such as nginx, Apache or Caddy: a reverse proxy) takes the visitors and passes them on to it, "
                       "change nothing here, and let visitors come to the port of that web server instead."});
  if (row) {
    steps.push_back({fmt::format("{} listens there. In {}, it has to say: {}", row->name, row->file, lines_of(*row, families, port))});
    steps.push_back({"Then restart it with the first command; the second one shows the new address.", {{"sudo systemctl restart {}", std::string_view(row->unit)}, shown}});
    return {advise_by_steps("Let the program listen where visitors arrive", steps)};
  }
  std::string usual;
  for (const auto* name : {"nginx", "apache2", "sshd", "mosquitto"})
    usual += fmt::format("{}{} has {}", usual.empty() ? "" : ", ", row_of(name)->name, lines_of(*row_of(name), families, port));
  steps.push_back({"Find the program: this command shows what listens there, with its number behind \"pid=\".", {shown}});
  steps.push_back({"Find its file. With that number in place of PID, this command shows which service the program belongs to, and below \"CGroup\" how it was started, "
                   "often with the name of its script or of the file that it reads. The address may stand in that line itself; then it is changed where the program is "
                   "started.",
                   {{"systemctl status PID"}}});
  steps.push_back({in_the_file(families)});
  steps.push_back({fmt::format("For example, {}. For a container, publish the port without an address in front of it.", usual)});
  steps.push_back({"Restart the service with this command, with the name that was shown above (it ends in .service) in place of NAME.", {{"sudo systemctl restart NAME"}}});
  steps.push_back({"A program that is no service: with its number in place of PID, the first command shows the line that it was started with; note it. The second one ends it. "
                   "Start it again with that line, with the new address where that stands in it.",
                   {{"ps -o args= -p PID"}, {"sudo kill PID"}}});
  steps.push_back({"Look again: this command shows the new address now.", {shown}});
  return {advise_by_steps("Let the program listen where visitors arrive", steps)};
}

}  // namespace ringback::diagnosis::advice
