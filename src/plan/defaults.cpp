#include "plan/defaults.hpp"

namespace ringback::defaults {

const std::vector<HostPort>& stun_servers() {
  static const std::vector<HostPort> list{{"stun.cloudflare.com", 3478}, {"stun.l.google.com", 19302}, {"stun.nextcloud.com", 3478}};
  return list;
}

const std::vector<Address>& public_resolvers() {
  static const std::vector<Address> list = [] {
    std::vector<Address> addresses;
    for (const auto* text : {"9.9.9.9", "1.1.1.1", "2620:fe::fe", "2606:4700:4700::1111"}) addresses.push_back(Address::parse(text).value());
    return addresses;
  }();
  return list;
}

const std::vector<std::string>& port_checkers() {
  static const std::vector<std::string> list{"echoip+https://ifconfig.co"};
  return list;
}

const std::vector<WebTarget>& connectivity_pages() {
  static const std::vector<WebTarget> list{
      {web::Kind::connectivity, "http://detectportal.firefox.com/success.txt", 200, "success"},
      {web::Kind::connectivity, "http://connectivitycheck.gstatic.com/generate_204", 204, ""},
  };
  return list;
}

}  // namespace ringback::defaults
