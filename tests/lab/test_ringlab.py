#!/usr/bin/python3
"""What the lab concludes without building anything: descriptions, addresses, expectations. Needs no root."""

import collections
import copy
import ipaddress
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

from ringlab import expectation, household  # noqa: E402
from ringlab.addresses import Addresses, with_identifier  # noqa: E402
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
                      *plan.nameservers, *plan.stun, *(lan + "1" for lan in plan.lans), plan.old_prefix + "1"]
            for address in public:
                self.assertTrue(ipaddress.ip_address(address).is_global, address)
            self.assertEqual(len(set(public)), len(public), name)
            seen.update(public)
        # Two households may draw the same address by chance; one that every household has would be a constant.
        self.assertLessEqual(max(seen.values()), 2, seen.most_common(3))

    def test_identifier_moves_to_another_prefix(self):
        self.assertEqual(with_identifier("2a00:5:1:2::", "2a00:1:1:1:dea6:32ff:fe00:1"), "2a00:5:1:2:dea6:32ff:fe00:1")


class Expectations(unittest.TestCase):
    def changed(self, change, status=2):
        report = copy.deepcopy(REPORT)
        change(report)
        return expectation.differences(report, status, EXPECT, WORDS)

    def test_a_report_as_expected_has_no_differences(self):
        self.assertEqual(self.changed(lambda _: None), [])

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

    def test_information_may_be_added_freely(self):
        note = dict(REPORT["findings"][0], code="dns.ttl-long", severity="info", remedies=[])
        self.assertEqual(self.changed(lambda r: r["findings"].append(note)), [])

    def test_pointers(self):
        document = {"a/b": [{"~": 1}]}
        for pointer, there in (("", True), ("/a~1b/0/~0", True), ("/a~1b/00", False), ("/a~1b/-", False), ("a", False)):
            self.assertEqual(expectation.resolves(document, pointer), there, pointer)


if __name__ == "__main__":
    unittest.main()
