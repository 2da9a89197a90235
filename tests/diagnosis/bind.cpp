/// A program listens where visitors do not arrive: which line of whose configuration changes that.
#include "advice.hpp"
#include "diagnosis/codes.hpp"
#include "support/catch.hpp"
#include "visits.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

std::string rebinding(const char* program, Family family, const char* wanted = "443/tcp", const std::function<void(Evidence&)>& change = [](auto&) {}) {
  auto e = dual();
  wants(e, wanted);
  for (auto& listener : e.listeners->listeners) listener.program = program;
  change(e);
  const Subject subject{.service = service(wanted), .family = family, .name = {}};
  return in_words(remedies_for(diagnosis::finding("inbound.wrong-bind", Confidence::certain, "x", subject, {}), e));
}

}  // namespace

TEST_CASE("a service that listens too narrowly is told in its own configuration's words") {
  struct Row {
    const char* program;
    Family family;
    const char* words;
    const char* command;
  };
  const Row rows[] = {
      {"nginx", Family::ipv4, "nginx listens there. In the site's file under /etc/nginx/sites-enabled, it has to say: \"listen 443;\"\n", "nginx"},
      {"nginx", Family::ipv6, "it has to say: \"listen [::]:443;\"\n", "nginx"},
      {"apache2", Family::ipv6, "In /etc/apache2/ports.conf, it has to say: \"Listen 443\"\n", "apache2"},
      {"httpd", Family::ipv4, "In /etc/httpd/conf/httpd.conf, it has to say: \"Listen 443\"\n", "httpd"},
      {"sshd", Family::ipv4, "In /etc/ssh/sshd_config, it has to say: \"ListenAddress 0.0.0.0\"\n", "ssh"},
      {"sshd", Family::ipv6, "\"ListenAddress ::\"\n", "ssh"},
      {"mariadbd", Family::ipv6, "\"bind-address = *\"\n", "mariadb"},
      {"mysqld", Family::ipv4, "In /etc/mysql/mysql.conf.d/mysqld.cnf, it has to say: \"bind-address = *\"\n", "mysql"},
      {"postgres", Family::ipv4, "\"listen_addresses = '*'\"\n", "postgresql"},
      {"redis-server", Family::ipv6, "\"bind * -::*\"\n", "redis-server"},
      {"mosquitto", Family::ipv6, "\"listener 443\"\n", "mosquitto"},
      {"master", Family::ipv4, "Postfix listens there. In /etc/postfix/main.cf, it has to say: \"inet_interfaces = all\"\n", "postfix"},
      {"dovecot", Family::ipv6, "\"listen = *, ::\"\n", "dovecot"},
      {"transmission-da", Family::ipv6, "at rpc-bind-address, it has to say: \"::\"\n", "transmission-daemon"},
  };
  for (const auto& row : rows) {
    INFO(row.program << " " << to_string(row.family));
    CHECK_THAT(rebinding(row.program, row.family),
               Contains(row.words) && Contains(fmt::format("\nsudo systemctl restart {}\nsudo ss -ltnp 'sport = :443'\n", row.command)));
  }
}

TEST_CASE("both families' lines are named where visitors of both find nobody") {
  auto e = dual();
  listens_on(e, "127.0.0.1:443");
  e.listeners->listeners[0].program = "nginx";
  for (const auto family : {Family::ipv4, Family::ipv6}) add(e, arrived(knock(family), DepartureKind::reset, Result::refused));
  const auto d = diagnose(e);
  REQUIRE(found(d, "inbound.wrong-bind"));
  CHECK_THAT(in_words(found(d, "inbound.wrong-bind")->remedies), Contains("it has to say: \"listen 443;\" and \"listen [::]:443;\"\n"));
}

TEST_CASE("a container's port is published anew, with the container's own port where a rule tells it") {
  const auto published = rebinding("docker-proxy", Family::ipv6, "443/tcp", [](auto& e) { translates(e, "172.17.0.2:80"); });
  CHECK_THAT(published, Contains("docker run -p 443:80 …") && Contains("ports: \"443:80\"") && Contains("/etc/docker/daemon.json") &&
                            Contains("\nsudo ss -ltnp 'sport = :443'\n") && !Contains("systemctl"));
  CHECK_THAT(rebinding("docker-proxy", Family::ipv4), Contains("docker run -p 443:PORT-OF-THE-CONTAINER …"));
  CHECK_THAT(rebinding("docker-proxy", Family::ipv4, "51820/udp", [](auto& e) { translates(e, "172.17.0.2:51820"); }),
             Contains("docker run -p 51820:51820/udp …") && Contains("\nsudo ss -lunp 'sport = :51820'\n"));
}

TEST_CASE("Docker without its proxy publishes over IPv6 where it is told to keep rules for it") {
  CHECK_THAT(rebinding("dockerd", Family::ipv6),
             Contains("take out \"userland-proxy\": false") && Contains("\"ip6tables\": true") && Contains("\nsudo systemctl restart docker\nsudo ss -ltnp "));
  CHECK_THAT(rebinding("dockerd", Family::ipv4, "443/tcp", [](auto& e) { translates(e, "172.17.0.2:80"); }), Contains("docker run -p 443:80 …"));
}

TEST_CASE("where the program is not known, what to look for is told, with examples") {
  CHECK_THAT(rebinding("homegrown", Family::ipv6), Contains("In place of the IPv6 address there, put :: (every IPv6 address), in brackets where the old one has them;") && Contains("\"Address already in use\"") && Contains("\nps -o args= -p PID\nsudo kill PID\n") &&
                                                       Contains("nginx has \"listen [::]:443;\"") && Contains("\nsudo systemctl restart NAME\n"));
  CHECK_THAT(rebinding("homegrown", Family::ipv4), Contains("In place of the IPv4 address there, put 0.0.0.0 (every IPv4 address);"));
}
