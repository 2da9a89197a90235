/// What is believed of what comes back, and what is only named.
#include "probes/stun/house.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;

TEST_CASE("answers that nobody honest gives are named, and the honest one that follows is believed") {
  struct Row {
    const char* what;
    std::function<Arrival(const Sent&)> lie;
    const char* why;
  };
  const auto changed = [](const Sent& sent, auto change) {
    auto message = codec::parse(codec::build_binding_success(id_of(sent), endpoint("6.6.6.6:6"))).value();
    change(message);
    return answer(sent, codec::build(message), 5ms);
  };
  const Row rows[] = {
      {"another source", [](const Sent& sent) { return answer_from(endpoint("198.51.100.1:99"), codec::build_binding_success(id_of(sent), one), 5ms); },
       "from 198.51.100.1:99, which was not asked"},
      {"a stranger", [](const Sent&) { return answer_from(endpoint("6.6.6.6:1"), io::Bytes(3), 5ms); }, "from 6.6.6.6:1, which was not asked"},
      {"garbage", [](const Sent& sent) { return answer(sent, io::Bytes(3), 5ms); }, "from 198.51.100.1:3478: 3 bytes are too few"},
      {"another transaction", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.transaction[0] ^= std::byte{1}; }); },
       "a transaction id that was not sent to it"},
      {"our own request back", [](const Sent& sent) { return answer(sent, sent.payload, 5ms); }, "not the answer to a Binding request"},
      {"another method", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.method = 3; }); }, "not the answer to a Binding request"},
      {"no address", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.xor_mapped_address.reset(); }); }, "a success without a mapped address"},
      {"0.0.0.0", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.xor_mapped_address = endpoint("0.0.0.0:5"); }); },
       "mapped address 0.0.0.0:5, which nobody can have"},
      {"port 0", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.xor_mapped_address = endpoint("6.6.6.6:0"); }); }, "mapped address 6.6.6.6:0"},
      {"multicast", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.xor_mapped_address = endpoint("224.0.0.1:5"); }); }, "224.0.0.1:5"},
      {"loopback", [=](const Sent& sent) { return changed(sent, [](auto& m) { m.xor_mapped_address = endpoint("127.0.0.1:5"); }); }, "127.0.0.1:5"},
      {"something that must be understood",
       [](const Sent& sent) {
         auto bytes = codec::build_binding_success(id_of(sent), endpoint("6.6.6.6:6"));
         for (const int byte : {0x7f, 0xff, 0, 0}) bytes.push_back(std::byte(byte));
         bytes[3] = std::byte{16};
         return answer(sent, std::move(bytes), 5ms);
       },
       "attribute 0x7fff, which must be understood"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    House house;
    house.network.udp(one, [&](const Sent& sent) {
      auto arrivals = server()(sent);
      arrivals.push_back(row.lie(sent));
      return arrivals;
    });
    const auto seen = house.observe().value().observations[0];
    CHECK(seen.mapped == mapped);
    REQUIRE(seen.rejected.size() == 1);
    CHECK(seen.rejected[0].find(row.why) != std::string::npos);
  }
}

TEST_CASE("a flood of lies fills nothing without end") {
  House house;
  house.network.udp(one, [](const Sent& sent) {
    auto arrivals = server()(sent);
    for (int i = 0; i < 1000; ++i) arrivals.push_back(answer(sent, io::Bytes(3), 5ms));
    return arrivals;
  });
  const auto seen = house.observe().value().observations[0];
  CHECK(seen.mapped == mapped);
  CHECK(seen.rejected.size() == 8);
}

TEST_CASE("a second answer that contradicts the first is named, an equal one is not") {
  House house;
  house.network.udp(two, server(mapped, 60ms));
  house.network.udp(one, [](const Sent& sent) {
    return std::vector{answer(sent, codec::build_binding_success(id_of(sent), mapped), 5ms), answer(sent, codec::build_binding_success(id_of(sent), mapped), 6ms),
                       answer(sent, codec::build_binding_success(id_of(sent), endpoint("6.6.6.6:6")), 7ms)};
  });
  const auto seen = house.observe().value().observations[0];
  CHECK(seen.mapped == mapped);
  CHECK(seen.rejected == std::vector<std::string>{"a second answer, with mapped address 6.6.6.6:6"});
}

TEST_CASE("something that rewrites payloads is seen by the two forms of the address, and the encoded one is believed") {
  House house;
  house.network.udp(one, [](const Sent& sent) {
    codec::Message message{.type = codec::Class::success, .transaction = id_of(sent), .mapped_address = endpoint("192.168.1.2:40000"), .xor_mapped_address = mapped};
    return std::vector{answer(sent, codec::build(message))};
  });
  house.network.udp(two, [](const Sent& sent) {
    return std::vector{answer(sent, codec::build({.type = codec::Class::success, .transaction = id_of(sent), .mapped_address = mapped}))};
  });
  const auto seen = house.observe().value().observations;
  CHECK(seen[0].alg_rewrote);
  CHECK(seen[0].mapped == mapped);
  CHECK_FALSE(seen[1].alg_rewrote);  // an old server, which has the plain form alone
  CHECK(seen[1].mapped == mapped);
}

TEST_CASE("an error answer is an answer: it is named and not asked again") {
  House house;
  house.network.udp(one, [](const Sent& sent) { return std::vector{answer(sent, codec::build_binding_error(id_of(sent), 400, "Bad\r\nRequest"))}; });
  const auto seen = house.observe().value().observations[0];
  CHECK_FALSE(seen.mapped);
  CHECK(seen.trouble == "error 400 Bad??Request");
  CHECK(seen.sent == 1);
  CHECK(house.elapsed() <= 25ms);
}
