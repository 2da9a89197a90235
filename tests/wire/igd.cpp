#include "support/catch.hpp"
#include "support/fixture.hpp"
#include "wire/igd_description.hpp"
#include "wire/igd_soap.hpp"
#include "wire/igd_url.hpp"
#include "wire/igd_xml.hpp"

using namespace ringback;
using namespace ringback::wire;

namespace {

std::string fixture(const char* name) { return test::fixture_text(std::string("wire/igd/") + name); }

std::string nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += "<a>";
  text += "<service><serviceType>t</serviceType><controlURL>/u</controlURL></service>";
  for (int i = 0; i < depth; ++i) text += "</a>";
  return "<root><device><friendlyName>f</friendlyName></device>" + text + "</root>";
}

}  // namespace

TEST_CASE("a URL is http to an address literal, and nothing else") {
  struct Row {
    const char* text;
    const char* endpoint;
    const char* target;
  };
  const Row good[] = {
      {"http://192.168.178.1:49000/igddesc.xml", "192.168.178.1:49000", "/igddesc.xml"},
      {"http://192.168.178.1", "192.168.178.1:80", "/"},
      {"HTTP://10.0.0.1/a/b?c=d#e", "10.0.0.1:80", "/a/b?c=d"},
      {"http://10.0.0.1?x", "10.0.0.1:80", "/?x"},
      {"http://[fd00::1]:5000/x", "[fd00::1]:5000", "/x"},
  };
  for (const auto& row : good) {
    INFO(row.text);
    CHECK(igd::parse_url(row.text).value() == igd::Url{Endpoint::parse(row.endpoint).value(), row.target});
  }
  for (const auto* text : {"", "http://", "https://10.0.0.1/", "ftp://10.0.0.1/", "http://fritz.box/", "http://user@10.0.0.1/", "http://10.0.0.1:0/",
                           "http://10.0.0.1:99999/", "http://[fe80::1%25eth0]/", "http://10.0.0.1/a b", "http://10.0.0.1/\r\nX: y", "http://10.0.0.1/\x80",
                           "http:10.0.0.1", "file:///etc/passwd"}) {
    INFO(text);
    const auto parsed = igd::parse_url(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::malformed);
  }
  CHECK_FALSE(igd::parse_url("http://10.0.0.1/" + std::string(1024, 'x')));
}

TEST_CASE("control URLs are found from the document they stand in") {
  const auto base = igd::parse_url("http://10.0.0.1:5000/dir/desc.xml?q=/1").value();
  struct Row {
    const char* reference;
    const char* url;
  };
  const Row rows[] = {
      {"/ctl/IPConn", "http://10.0.0.1:5000/ctl/IPConn"},
      {"ctl", "http://10.0.0.1:5000/dir/ctl"},
      {"http://10.0.0.1:80/x", "http://10.0.0.1:80/x"},
      {"//10.0.0.2/x", "http://10.0.0.2:80/x"},
      {"?a", "http://10.0.0.1:5000/dir/?a"},
  };
  for (const auto& row : rows) {
    INFO(row.reference);
    CHECK(igd::resolve_url(base, row.reference).value().to_string() == row.url);
  }
  for (const auto* reference : {"", "javascript:alert(1)", "https://10.0.0.1/", "/a b"}) CHECK_FALSE(igd::resolve_url(base, reference));
}

TEST_CASE("device descriptions of real routers are read") {
  const auto miniupnpd = igd::parse_description(fixture("miniupnpd-description.xml")).value();
  CHECK(miniupnpd.friendly_name == "Lab router");
  CHECK(miniupnpd.manufacturer == "Debian");
  CHECK(miniupnpd.model == "Debian router");
  REQUIRE(miniupnpd.services.size() == 5);
  CHECK(miniupnpd.services[3] == igd::Service{"urn:schemas-upnp-org:service:WANIPConnection:2", "/ctl/IPConn"});
  CHECK(igd::is_wan_connection(miniupnpd.services[3]));
  CHECK_FALSE(igd::is_wan_connection(miniupnpd.services[2]));
  CHECK(igd::is_ipv6_firewall(miniupnpd.services[4]));

  const auto fritz = igd::parse_description(fixture("fritzbox-description.xml")).value();
  CHECK(fritz.friendly_name == "FRITZ!Box 7590");
  REQUIRE(fritz.services.size() == 4);
  CHECK(fritz.services[3].control_url == "/igd2upnp/control/WANIPv6Firewall1");
}

TEST_CASE("a description with prefixes, CDATA, white space and URLBase is read, and a service type unfit for a header is dropped") {
  const auto read = igd::parse_description(
      "<r:root xmlns:r='x'><r:URLBase>http://10.0.0.1:80</r:URLBase><r:device><r:friendlyName>\n <![CDATA[A & B]]> </r:friendlyName>"
      "<r:modelName> M\x01 </r:modelName>"
      "<r:service><r:serviceType>urn:a:1\r\nX: y</r:serviceType><r:controlURL>/c</r:controlURL></r:service>"
      "<r:service><r:serviceType> urn:a:1 </r:serviceType><r:controlURL> /c </r:controlURL></r:service>"
      "<r:service><r:serviceType>urn:b:1</r:serviceType></r:service></r:device></r:root>").value();
  CHECK(read.url_base == "http://10.0.0.1:80");
  CHECK(read.model == "M?");
  CHECK(read.services == std::vector{igd::Service{"urn:a:1", "/c"}});
}

TEST_CASE("hostile descriptions are refused or cut, and never believed beyond the bounds") {
  struct Row {
    const char* what;
    std::string text;
    const char* why;
  };
  const Row rows[] = {
      {"nothing", "", "not XML"},
      {"no XML", "<html", "not XML"},
      {"no device", "<root/>", "describes no device"},
      {"too long", "<root>" + std::string(igd::largest_document, ' ') + "</root>", "bytes are too many"},
      {"entities", "<!DOCTYPE r [<!ENTITY a 'aaaa'>]><root><device><friendlyName>&a;</friendlyName></device></root>", "document type"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto parsed = igd::parse_description(row.text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::malformed);
    CHECK(parsed.error().what.find(row.why) != std::string::npos);
  }
  CHECK(igd::parse_description(nested(20)).value().services.size() == 1);
  CHECK(igd::parse_description(nested(15000)).value().services.empty());

  std::string many = "<root><device/>";
  for (int i = 0; i < 200; ++i) many += "<service><serviceType>t</serviceType><controlURL>/u</controlURL></service>";
  CHECK(igd::parse_description(many + "</root>").value().services.size() == 64);
}

TEST_CASE("an action is wrapped as SOAP wants it, values escaped") {
  CHECK(igd::soap_header("urn:x:1", "Get") == "SOAPACTION: \"urn:x:1#Get\"");
  CHECK(igd::soap_body("urn:x:1", "Get", {{"A", "<&>"}}) ==
        "<?xml version=\"1.0\"?>\r\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
        "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:Get xmlns:u=\"urn:x:1\"><A>&lt;&amp;&gt;</A></u:Get></s:Body>"
        "</s:Envelope>\r\n");
}

TEST_CASE("what miniupnpd answered to each action is read") {
  const auto address = igd::parse_soap(fixture("miniupnpd-external-address.xml"), "GetExternalIPAddress").value();
  CHECK(address.argument("NewExternalIPAddress") == "85.214.10.20");
  CHECK_FALSE(address.upnp_error);
  CHECK_FALSE(address.argument("NewOther"));

  const auto empty = igd::parse_soap(fixture("miniupnpd-external-address-empty.xml"), "GetExternalIPAddress").value();
  CHECK(empty.argument("NewExternalIPAddress") == "");

  const auto mapping = igd::parse_soap(fixture("miniupnpd-mapping-1.xml"), "GetGenericPortMappingEntry").value();
  CHECK(mapping.argument("NewExternalPort") == "6882");
  CHECK(mapping.argument("NewProtocol") == "UDP");

  const auto end = igd::parse_soap(fixture("miniupnpd-mapping-end.xml"), "GetGenericPortMappingEntry").value();
  CHECK(end.upnp_error == igd::specified_array_index_invalid);
  CHECK(end.error_description == "SpecifiedArrayIndexInvalid");
  CHECK(end.arguments.empty());
}

TEST_CASE("an answer to another action, a fault without code and no answer at all are malformed") {
  for (const auto& text : {fixture("miniupnpd-status.xml"), std::string("<a/>"), std::string("404"), std::string(),
                           std::string("<UPnPError><errorCode>x</errorCode></UPnPError>")}) {
    INFO(text);
    const auto parsed = igd::parse_soap(text, "GetExternalIPAddress");
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::malformed);
    CHECK(parsed.error().what.find("GetExternalIPAddress") != std::string::npos);
  }
}

TEST_CASE("of an answer with too many or too long values the bounds are kept") {
  std::string many = "<XResponse><Long>" + std::string(5000, 'x') + "</Long>";
  for (int i = 0; i < 100; ++i) many += "<A>1</A>";
  const auto answer = igd::parse_soap(many + "</XResponse>", "X").value();
  CHECK(answer.arguments.size() == 32);
  CHECK(answer.arguments.front().second.size() == 1024);
}
