#!/usr/bin/python3
"""What the lab concludes without building anything: descriptions, addresses, expectations. Needs no root."""

import collections
import copy
import dataclasses
import ipaddress
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

from ringlab import editor, expectation, household, inside, units, update_service  # noqa: E402
from ringlab.addresses import Addresses, eui64, with_identifier  # noqa: E402
from ringlab.errors import HouseholdError  # noqa: E402
from ringlab.household import Expect, Household, Name, NameExpectation, Router, ServiceExpectation  # noqa: E402

WORDS = {"mapped": "5.1.2.3", "stable": "2a00:1::1", "temporary": "2a00:1::2"}
REPORT = {
    "connection": {"type": "dual-stack",
                   "ipv4": {"kind": "nat", "mapped_address": "5.1.2.3", "wan_address": None, "nat_layers": 1},
                   "ipv6": {"kind": "native", "stable_addresses": ["2a00:1::1"], "temporary_addresses": ["2a00:1::2"]}},
    "services": [{"service": "443/tcp", "family": "ipv4", "reachable": "no", "stopped_at": "router",
                  "cause": "inbound.no-port-forward"}],
    "names": [{"name": "a.example", "verdict": "wrong", "findings": ["dns.a-wrong"]}],
    "findings": [{"code": "inbound.no-port-forward", "severity": "error", "title": "t", "subject": None,
                  "evidence": ["/evidence/router/0"], "remedies": [{}]},
                 {"code": "dns.a-wrong", "severity": "error", "title": "t", "subject": None, "evidence": [],
                  "remedies": [{}]}],
    "evidence": {"router": [1]},
}
EXPECT = Expect(exit=2, type="dual-stack", ipv4=["nat", "unknown"], ipv6="native", mapped_address="mapped",
                services={"443/tcp ipv4": ServiceExpectation("no", "router", "inbound.no-port-forward")},
                names={"a.example": NameExpectation("wrong", ["dns.a-wrong"])})


class Descriptions(unittest.TestCase):
    def test_every_household_can_be_read(self):
        for name in household.known_names():
            with self.subTest(name):
                self.assertTrue(household.load(name).expect.type)

    def test_mistakes_are_named_with_their_place(self):
        for table, message in (
                ({"acess": {}}, "x.toml: acess: unknown key"),
                ({"routers": [{"lan4": "192.168.0.1/24"}, {"upnp": "no"}]}, "x.toml: routers[1]: upnp: 'no' is not bool"),
                ({"access": {"provider": "cable"}}, "x.toml: access: provider: 'cable' is none of plain, cgn"),
                ({"access": {"families": ["ipv5"]}}, "x.toml: access: families: 'ipv5' is none of"),
                ({"expect": {"services": {"443/tcp ipv4": {"reach": "no"}}}}, '"443/tcp ipv4": reach: unknown key'),
                ({"host": []}, "x.toml: host: expected a table")):
            with self.subTest(message), self.assertRaises(HouseholdError) as caught:
                household.read(Household, table, "x.toml")
            self.assertIn(message, str(caught.exception))

    def load(self, name, **files):
        with tempfile.TemporaryDirectory() as directory, mock.patch.object(household, "DIRECTORY", Path(directory)):
            for one, text in files.items():
                Path(directory, f"{one}.toml").write_text(text)
            return household.load(name)

    def test_one_that_is_like_another_replaces_what_it_names(self):
        got = self.load("b", a="""
            title = "a"
            description = "a"
            access = { provider = "cgn", answers_icmp = false }
            routers = [{ lan4 = "192.168.0.1/24", forwards = ["443/tcp", "80/tcp"] }, { web = true }]
            names."www.example" = { a = ["mapped"], aaaa = ["stable"] }
            expect.services."443/tcp ipv4" = { reachable = "no", stopped_at = "provider" }""", b="""
            like = "a"
            title = "b"
            description = "b"
            access = { cgn_range = "10.0.0.0/8" }
            routers = [{ forwards = ["22/tcp"] }]
            host.listeners = [{ service = "443/tcp" }]
            names."www.example" = { a = [] }
            expect.services."443/tcp ipv4" = { reachable = "unknown" }
            expect.services."22/tcp ipv4" = { reachable = "yes" }""")
        self.assertEqual((got.name, got.title, got.description), ("b", "b", "b"))
        self.assertEqual((got.access.provider, got.access.answers_icmp, got.access.cgn_range), ("cgn", False, "10.0.0.0/8"))
        self.assertEqual([(one.lan4, one.forwards, one.web) for one in got.routers],
                         [("192.168.0.1/24", ["22/tcp"], False), (Router().lan4, [], True)])
        self.assertEqual([one.service for one in got.host.listeners], ["443/tcp"])
        self.assertEqual(got.names["www.example"], Name(a=[], aaaa=["stable"]))
        self.assertEqual(got.expect.services, {"443/tcp ipv4": ServiceExpectation("unknown", "provider"),
                                               "22/tcp ipv4": ServiceExpectation("yes")})

    def test_mistakes_in_likeness_are_named_with_their_place(self):
        head = 'title = "t"\ndescription = "d"\n'
        files = {"a": head, "b": head + 'like = "a"', "wrong": head + "acess = {}", "long": head + "routers = [{}, {}]"}
        for text, message in (
                (head + 'like = "z"', "x.toml: like: no household 'z'"),
                (head + "like = 1", "x.toml: like: no household 1"),
                (head + 'like = "b"', "x.toml: like: b is itself like a"),
                (head + 'like = "x"', "x.toml: like: x is itself like x"),
                (head + 'like = "wrong"', "wrong.toml: acess: unknown key"),
                (head + 'like = "a"\nhots = {}', "x.toml: hots: unknown key"),
                (head + 'like = "long"\nrouters = [{}, { upnp = 1 }]', "x.toml: routers[1]: upnp: 1 is not bool"),
                (head + 'like = "long"\nrouters = [{}, {}, {}]', "x.toml: routers: more than two"),
                ('title = "t"\nlike = "a"', "x.toml: description is missing")):
            with self.subTest(message), self.assertRaises(HouseholdError) as caught:
                self.load("x", **files, x=text)
            self.assertIn(message, str(caught.exception))


class Plans(unittest.TestCase):
    def test_public_addresses_look_global_and_none_is_wired_into_the_lab(self):
        seen = collections.Counter()
        for name in household.known_names():
            plan = Addresses(name)
            public = [plan.access4, plan.shared4, plan.access6, *plan.vantage, *plan.knockers, *plan.resolvers,
                      *plan.nameservers, *plan.dead_nameservers, *plan.stun, *(lan + "1" for lan in plan.lans), plan.old_prefix + "1"]
            for address in public:
                self.assertTrue(ipaddress.ip_address(address).is_global, address)
            self.assertEqual(len(set(public)), len(public), name)
            seen.update(public)
        # Of hundreds two or three households draw the same address by chance; one that every household has would be a constant.
        self.assertLessEqual(max(seen.values()), 3, seen.most_common(3))

    def test_identifier_moves_to_another_prefix(self):
        self.assertEqual(with_identifier("2a00:5:1:2::", "2a00:1:1:1:dea6:32ff:fe00:1"), "2a00:5:1:2:dea6:32ff:fe00:1")
        self.assertEqual(with_identifier("2a00:5:1:2::", eui64("b8:27:eb:4c:19:d2")), "2a00:5:1:2:ba27:ebff:fe4c:19d2")


class Expectations(unittest.TestCase):
    def changed(self, change, status=2):
        report = copy.deepcopy(REPORT)
        change(report)
        return expectation.differences(report, status, EXPECT, WORDS)

    def test_a_report_as_expected_has_no_differences(self):
        self.assertEqual(self.changed(lambda _: None), [])

    def test_how_sure_and_why_are_looked_at_where_they_are_given(self):
        report = copy.deepcopy(REPORT)
        report["connection"] |= {"confidence": "likely", "because": ["The internet sees 5.1.2.3.", "Against: outvoted."]}

        def lines(**expected):
            return expectation.differences(report, 2, dataclasses.replace(EXPECT, **expected), WORDS)

        self.assertEqual(lines(confidence=["likely", "certain"], because=["sees $MAPPED", "outvoted"]), [])
        self.assertEqual(lines(confidence="certain", because=["5.1.2.3", "ADDRESS_MISMATCH"]),
                         ["connection.confidence: expected certain, got likely",
                          'connection.because: no sentence with "ADDRESS_MISMATCH" in: The internet sees 5.1.2.3. / Against: outvoted.'])

    def test_each_difference_says_what_was_expected_and_what_stands_there(self):
        extra = {"code": "ipv4.cgnat", "severity": "error", "title": "shared", "subject": {"family": "ipv4"},
                 "evidence": [], "remedies": [{}]}
        for change, line in (
                (lambda r: r["connection"].update(type="ds-lite"), "connection.type: expected dual-stack, got ds-lite"),
                (lambda r: r["connection"]["ipv4"].update(kind="none"), "connection.ipv4.kind: expected nat or unknown, got none"),
                (lambda r: r["connection"]["ipv4"].update(mapped_address=None), "expected 5.1.2.3, got null"),
                (lambda r: r["connection"]["ipv6"]["stable_addresses"].append("2a00:1::2"), "is the host's temporary address"),
                (lambda r: r["connection"]["ipv6"].update(stable_addresses=[]), "expected 2a00:1::1 among them, got none"),
                (lambda r: r["services"][0].update(reachable="unknown"), "reachable: expected no, got unknown"),
                (lambda r: r["services"][0].update(cause=None), "cause: expected inbound.no-port-forward, got null"),
                (lambda r: r["services"].clear(), "services: 443/tcp ipv4: missing"),
                (lambda r: r["services"].append(dict(REPORT["services"][0], family="ipv6")), "443/tcp ipv6: not expected at all"),
                (lambda r: r["names"][0].update(verdict="right"), "verdict: expected wrong, got right"),
                (lambda r: r["names"][0].update(findings=[]), "findings: dns.a-wrong missing, got none"),
                (lambda r: r["findings"].append(extra), "false accusation ipv4.cgnat (error) about ipv4: shared"),
                (lambda r: r["findings"][0].update(evidence=["/evidence/router/1"]), "evidence /evidence/router/1 does not resolve"),
                (lambda r: r["findings"][0].update(remedies=[]), "severity error without a remedy")):
            with self.subTest(line):
                self.assertTrue(any(line in one for one in self.changed(change)), self.changed(change))
        self.assertEqual(self.changed(lambda _: None, status=0), ["exit status: expected 2, got 0"])

    def test_the_address_to_publish_is_looked_at_where_it_is_expected(self):
        report = copy.deepcopy(REPORT)
        report["connection"]["ipv6"].update(publish="2a00:1::1", publish_kind="eui-64", outgoing="2a00:1::2")

        def lines(**expected):
            return expectation.differences(report, 2, dataclasses.replace(EXPECT, **expected), WORDS)

        self.assertEqual(lines(publish="stable", publish_kind=["static", "eui-64"], outgoing="temporary"), [])
        self.assertEqual(lines(publish="temporary"), ["connection.ipv6.publish: expected 2a00:1::2, got 2a00:1::1"])
        self.assertEqual(lines(publish=""), ["connection.ipv6.publish: expected null, got 2a00:1::1"])
        self.assertEqual(lines(publish_kind="token"), ["connection.ipv6.publish_kind: expected token, got eui-64"])
        self.assertEqual(lines(outgoing="stable"), ["connection.ipv6.outgoing: expected 2a00:1::1, got 2a00:1::2"])
        report["connection"]["ipv6"].pop("publish")
        self.assertEqual(lines(publish=""), [])

    def test_information_may_be_added_freely(self):
        note = dict(REPORT["findings"][0], code="dns.ttl-long", severity="info", remedies=[])
        self.assertEqual(self.changed(lambda r: r["findings"].append(note)), [])

    def test_words_of_details_and_remedies_are_looked_for_by_code_and_family(self):
        def finding(family, detail, command):
            return {"code": "inbound.host-firewall", "severity": "error", "title": "t", "detail": detail, "subject": {"family": family},
                    "evidence": [], "remedies": [{"title": "r", "steps": ["a step"], "commands": [command]}]}

        def lines(**expected):
            wanted = Expect(findings=["inbound.host-firewall"], **expected)
            return expectation.findings(got, wanted) + expectation.advice(got, wanted)

        got = [finding("ipv4", "chain INPUT", "sudo ufw allow"), finding("ipv6", "chain INPUT6", "sudo nft add")]
        both, six = "inbound.host-firewall", "inbound.host-firewall ipv6"
        self.assertEqual(lines(says={both: ["chain INPUT", "INPUT6"], six: "INPUT6"}, advises={both: ["ufw", "a step"], six: "nft"},
                               advises_not={both: "iptables", six: "ufw"}), [])
        for expected, line in (({"says": {both: ["INPUT6", "FORWARD"]}}, 'does not say "FORWARD"'), ({"says": {six: "INPUT "}}, 'does not say "INPUT "'),
                               ({"says": {"ipv4.cgnat": "x"}}, "it is missing"), ({"advises": {six: "ufw"}}, 'does not advise "ufw"'),
                               ({"advises_not": {both: ["ip", "nft"]}}, 'advises "nft": sudo nft add'), ({"advises_not": {"ipv4.cgnat": "x"}}, "nothing at all")):
            with self.subTest(line):
                self.assertTrue(any(line in one for one in lines(**expected)), lines(**expected))

    def test_words_of_addresses_may_stand_in_words_of_details(self):
        self.assertEqual(expectation.with_addresses({"a": "from $STABLE (", "b": ["$MAPPED $$(ip)", "$(ip) $OTHER"]}, WORDS),
                         {"a": ["from 2a00:1::1 ("], "b": ["5.1.2.3 $(ip)", "$(ip) $OTHER"]})

    def test_evidence_is_looked_for_where_its_pointer_leads(self):
        knocks = [{"protocol": "icmp", "family": "ipv4", "result": "replied", "arrivals": []},
                  {"protocol": "icmp", "family": "ipv6", "result": None, "arrivals": [{"to": "2a00:1::1"}]},
                  {"protocol": "tcp", "family": "ipv4", "service": "443/tcp", "result": "connected", "arrivals": [{}, {}]}]

        def lines(**evidence):
            return expectation.observed({"inbound": {"knocks": knocks}}, Expect(evidence=evidence), WORDS)

        self.assertEqual(lines(**{"/inbound/knocks/#": 3, "/inbound/knocks/protocol=icmp,family=ipv4/result": "replied",
                                  "/inbound/knocks/1/result": "", "/inbound/knocks/family=ipv6/arrivals/0/to": "stable",
                                  "/inbound/knocks/service=443~1tcp/arrivals/#": [2, 3]}), [])
        for pointer, wanted, line in (("/inbound/knocks/protocol=icmp/result", "replied", "expected replied, got null"),
                                      ("/inbound/knocks/protocol=udp/result", "replied", "nothing there"), ("/outbound", "", "nothing there"),
                                      ("/inbound/knocks/3", "", "nothing there"), ("/inbound/knocks/0/arrivals/#", 1, "expected 1, got 0"),
                                      ("/inbound/knocks/1/arrivals/0/to", "temporary", "expected 2a00:1::2, got 2a00:1::1")):
            with self.subTest(pointer):
                self.assertEqual([line in one for one in lines(**{pointer: wanted})], [True])

    def test_the_remedies_that_are_carried_out_are_those_that_are_named(self):
        def finding(code, *titles):
            return {"code": code, "remedies": [{"title": title, "commands": [f"do {title}"]} for title in titles]}

        report = {"services": [{"service": "443/tcp", "family": "ipv4", "cause": "inbound.reply-lost"}],
                  "findings": [finding("inbound.reply-lost", "route", "unplug"), finding("inbound.mtu-blackhole", "clamp", "lower", "probe"),
                               finding("inbound.mtu-blackhole", "clamp", "lower", "probe"), finding("dns.a-wrong")]}
        for remedied, commands in ((["443/tcp ipv4"], ["route"]), (["443/tcp ipv6"], []), (["inbound.mtu-blackhole"], ["probe"]),
                                   (["inbound.mtu-blackhole: low"], ["lower"]), (["inbound.mtu-blackhole: none"], []), (["dns.a-wrong"], []),
                                   (["inbound.mtu-blackhole: clamp", "443/tcp ipv4"], ["route", "clamp"])):
            with self.subTest(remedied):
                self.assertEqual([one["title"] for one in inside.chosen_remedies(report, remedied)], commands)

    def test_what_is_to_show_itself_after_the_remedies(self):
        done = {"commands": ["do it"], "trouble": "", "again": '{"services": [], "findings": []}', "not_shown": ["false: status 1: "]}
        self.assertEqual(expectation.not_remedied(done, Expect(remedied=["inbound.mtu-blackhole: lower"])),
                         ["remedied: after do it: false: status 1: "])
        still = dict(done, again='{"services": [], "findings": [{"code": "inbound.mtu-blackhole", "severity": "%s", "detail": "d"}]}', not_shown=[])
        for severity, wanted, lines in (("error", "inbound.mtu-blackhole: lower", ["remedied: inbound.mtu-blackhole still accuses after do it"]),
                                        ("info", "inbound.mtu-blackhole: lower", []), ("error", "dns.a-wrong: lower", []),
                                        ("info", "inbound.mtu-blackhole", ["remedied: inbound.mtu-blackhole is still there after do it"])):
            with self.subTest(severity=severity, wanted=wanted):
                self.assertEqual(expectation.not_remedied(dict(still, again=still["again"] % severity), Expect(remedied=[wanted])), lines)

    def test_files_are_edited_as_the_advice_says(self):
        lists = "ip -6 -o addr show dev eth0 | awk '{print $4}' | head -n 1"
        otherwise = ("Up to version 3.10, for another service than Cloudflare and FreeDNS, write there instead, in place of all that begins with "
                     "use=, usev4= or usev6=, a line of its own:")
        for file, before, steps, after in (
                ("/etc/ddclient.conf", "use=web\nusev6=webv6, ssl=yes\nhome.example.org\n",
                 ['In /etc/ddclient.conf, in place of "usev6=webv6" in line 2, write:\nusev6=ifv6, ifv6=eth0'],
                 "use=web\nusev6=ifv6, ifv6=eth0, ssl=yes\nhome.example.org\n"),
                ("/etc/ddclient.conf", "protocol=dyndns2, use=web, ssl=yes\nusev6=webv6\nusev4=webv4\nhome.example.org\n",
                 ['In /etc/ddclient.conf, in place of "usev6=webv6" in line 2, write:\nusev6=ifv6, ifv6=eth0', "It then does.",
                  f'{otherwise}\nuse=cmd, cmd="{lists}"'],
                 f'protocol=dyndns2, ssl=yes\nuse=cmd, cmd="{lists}"\nhome.example.org\n'),
                ("/etc/ddclient.conf", "protocol=cloudflare\nhome.example.org\n",
                 ["In /etc/ddclient.conf, above the line with the name, write:\nusev6=ifv6, ifv6=eth0",
                  f"{otherwise}\nuse=cmd"],
                 "protocol=cloudflare\nusev6=ifv6, ifv6=eth0\nhome.example.org\n"),
                ("/etc/inadyn.conf", "iface = eth0\ncustom own {\n}\n",
                 ['In /etc/inadyn.conf, take out line 1, which begins with "iface".',
                  f'In /etc/inadyn.conf, in the section of the provider, write:\ncheckip-command = "{lists}"',
                  "Above the sections, write as well: allow-ipv6 = true. Without that line inadyn throws IPv6 addresses away."],
                 f'allow-ipv6 = true\ncustom own {{\n  checkip-command = "{lists}"\n}}\n'),
                ("/etc/inadyn.conf", "custom own {\n  checkip-server = x\n}\n",
                 ['In /etc/inadyn.conf, in place of line 2, which begins with "checkip-server", write:\ncheckip-command = "x"'],
                 'custom own {\ncheckip-command = "x"\n}\n'),
                ("/etc/network/interfaces", "iface  eth0 inet6 auto\n  privext 2\n  accept_ra 2\niface eth1 inet6 auto\n  privext 2\n",
                 ['In /etc/network/interfaces, write below the line that begins with "iface eth0 inet6" (interfaces(5)): privext 0. A line there that '
                  "begins with privext gives way to it: with two of them ifupdown does not bring the connection up."],
                 "iface  eth0 inet6 auto\n  privext 0\n  accept_ra 2\niface eth1 inet6 auto\n  privext 2\n"),
                ("/etc/netplan/a.yaml", "network:\n  ethernets:\n    eth0:\n      ipv6-privacy: true\n      dhcp6: true\n    eth1:\n      ipv6-privacy: true\n",
                 ["In /etc/netplan/a.yaml, in the section of eth0, write ipv6-privacy: false in place of ipv6-privacy: true. Where neither stands, add it."],
                 "network:\n  ethernets:\n    eth0:\n      ipv6-privacy: false\n      dhcp6: true\n    eth1:\n      ipv6-privacy: true\n"),
                ("/opt/dyn.sh", "#!/bin/sh\nA=$(ip -6 addr list eth0 | sed 's/.*inet6 \\([0-9a-f:]*\\).*/\\1/' | head -n 1) # here\n",
                 [f"In /opt/dyn.sh, line 2, in place of the command that lists the addresses, and of all that it is piped into, write:\n{lists}"],
                 f"#!/bin/sh\nA=$({lists}) # here\n"),
                ("/opt/dyn.sh", "A=$(ip -6 addr show scope global | head -n 1)\n",
                 ['In /opt/dyn.sh, line 1, write behind "scope global":\n-temporary -deprecated'],
                 "A=$(ip -6 addr show scope global -temporary -deprecated | head -n 1)\n"),
                ("/opt/dyn.sh", "#!/bin/sh\nA=$(ip -6 addr show scope global | head -n 1)\n",
                 ['In /opt/dyn.sh, line 2, write behind "scope global":\n-temporary', "It may be called early. Above that line, write:\nsleep 1 && true"],
                 "#!/bin/sh\nsleep 1 && true\nA=$(ip -6 addr show scope global -temporary | head -n 1)\n"),
                ("/opt/dyn.sh", "IP6=$(curl -6 x)\n", [f"In /opt/dyn.sh, line 1, let IP6 be filled in this way:\nIP6=$({lists})"], f"IP6=$({lists})\n"),
                ("the crontab of pi", "* * * * * curl 'x?ipv6=auto'\n", [f'In the crontab of pi, line 1, in place of "ipv6=auto" in the URL, write:\nipv6=$({lists})'],
                 f'* * * * * curl "x?ipv6=$({lists})"\n')):
            with self.subTest(steps[0]):
                self.assertEqual(editor.edit(before, file, ["Something else.", *steps], ["home.example.org"]), after)

    def test_advice_that_leaves_its_reader_at_a_loss_is_no_edit(self):
        for before, step in (("a\n", "In /etc/x, do as you see fit."), ("a\n", "In /etc/y, in place of line 1, write:\nb"), ("a\n", "Do something."),
                             ("a\n", "In /etc/x, in place of line 2, write:\nb"), ("a\n", 'In /etc/x, in place of "b" in line 1, write:\nc'),
                             ("a\n", 'In /etc/x, take out line 1, which begins with "iface".'), ("a\n", "In /etc/x, above the line with the name, write:\nb"),
                             ("eth1:\n", "In /etc/x, in the section of eth0, write a: b in place of a: c. Where neither stands, add it.")):
            with self.subTest(step), self.assertRaises(editor.AtALoss):
                editor.edit(before, "/etc/x", [step], ["home.example.org"])

    def test_a_zone_is_updated_in_one_family_and_has_its_next_serial(self):
        zone = "@ 3600 IN SOA ns1.x. hostmaster.x. 2026010101 3600 600 604800 60\n@ 3600 IN NS ns1.x.\npi.x. 5 IN A 192.0.2.1\npi.x. 7 IN AAAA 2001:db8::1\nb.pi.x. 9 IN AAAA 2001:db8::3\n"
        got = update_service.updated(zone, "pi.x", "2001:db8::2")
        self.assertEqual(sorted(got.splitlines()), sorted(zone.replace("2026010101", "2026010102").replace("pi.x. 7 IN AAAA 2001:db8::1", "pi.x. 7 IN AAAA 2001:db8::2").splitlines()))
        self.assertIn("pi.x. 60 IN A 192.0.2.9\n", update_service.updated(zone.replace("pi.x. 5 IN A 192.0.2.1\n", ""), "pi.x", "192.0.2.9"))

    def test_a_units_command_is_made_of_words_and_variables(self):
        variables = {"OPTIONS": "-daemon 300", "FILE": "/etc/a b"}
        for line, words in (("-/usr/bin/ddclient $OPTIONS -file ${FILE}", ["/usr/bin/ddclient", "-daemon", "300", "-file", "/etc/a b"]),
                            ('@/bin/sh -c "exit 1"', ["/bin/sh", "-c", "exit 1"]), ("/bin/true $NOTHING", ["/bin/true"])):
            self.assertEqual(units.command_of(line, variables), words)

    def test_pointers(self):
        document = {"a/b": [{"~": 1}]}
        for pointer, there in (("", True), ("/a~1b/0/~0", True), ("/a~1b/00", False), ("/a~1b/-", False), ("a", False)):
            self.assertEqual(expectation.resolves(document, pointer), there, pointer)


if __name__ == "__main__":
    unittest.main()
