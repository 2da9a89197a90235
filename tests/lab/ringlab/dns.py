"""The names of a household's internet: real nsd for every zone from the root down, real unbound to resolve them."""

import os
import signal

from ringlab import dnssec
from ringlab.addresses import Addresses, of_family
from ringlab.errors import HouseholdError
from ringlab.household import Household, Internet, Name
from ringlab.isolation import RUN
from ringlab.netns import run
from ringlab.servers import Listening, Server, wait_until

ROOT_SERVER = "a.rootserver"  # a name in the root zone itself
SOA = "@ {ttl} IN SOA ns1.{operator}. hostmaster.{operator}. 2026010101 3600 600 604800 60\n"


def address_records(owner: str, addresses: list[str], ttl: int) -> str:
    return "".join(f"{owner}. {ttl} IN {'AAAA' if ':' in one else 'A'} {one}\n" for one in addresses)


def name_servers(plan: Addresses) -> dict[str, list[str]]:
    return {f"ns1.{plan.operator_zone}": plan.nameservers[:2], f"ns2.{plan.operator_zone}": plan.nameservers[2:]}


def dead_name_servers(household: Household, plan: Addresses) -> dict[str, list[str]]:
    """Of the home's zones, where these are in a bad way."""
    if household.internet.home_nameservers == "up":
        return {}
    return {f"ns3.{plan.operator_zone}": plan.dead_nameservers[:2], f"ns4.{plan.operator_zone}": plan.dead_nameservers[2:]}


def home_records(owner: str, records: Name, plan: Addresses) -> str:
    """As the household's file has them."""
    text = address_records(owner, [plan.resolve(word) for word in records.a + records.aaaa], records.ttl)
    text += f"{owner}. {records.ttl} IN CNAME {records.alias}.\n" if records.alias else ""
    return text + (f"{owner}. {records.ttl} IN DNAME {records.names_below}.\n" if records.names_below else "")


def earlier_records(owner: str, records: Name, plan: Addresses) -> str:
    """As they were before the change that resolvers have not noticed yet."""
    if records.remembered == "no":
        return home_records(owner, records, plan)
    kinds = [word for word, there in (("somebody-else4", records.a), ("somebody-else6", records.aaaa)) if there]
    addresses = [plan.words[word] for word in kinds] if records.remembered == "somebody-else" else []
    return address_records(owner, addresses, records.ttl)


def zones(household: Household, plan: Addresses, records_of=home_records) -> dict[str, str]:
    """Zone name (without the last dot) → its text. The root's server has the top-level domains as well, which delegate to the zones."""
    second = {"up": ["ipv4", "ipv6"], "none": []}.get(household.internet.second_vantage, [household.internet.second_vantage])
    hosts = {f"vantage.{plan.operator_zone}": (of_family(plan.vantage, household.internet.vantage_families), 300),
             f"vantage2.{plan.operator_zone}": (of_family(plan.second_vantage, second), 300),
             f"stun.{plan.operator_zone}": (plan.stun[:2], 300), **{n: (a, 300) for n, a in (name_servers(plan) | dead_name_servers(household, plan)).items()}}
    names = {".".join(name.split(".")[-2:]) for name in [*hosts, *household.names]}
    glue = "".join(address_records(name, addresses, 3600) for name, addresses in name_servers(plan).items())
    texts = {"": address_records(ROOT_SERVER, plan.root, 3600), "ipv4only.arpa": "@ 86400 IN A 192.0.0.170\n@ 86400 IN A 192.0.0.171\n"}
    texts |= {top: "" for top in sorted({"arpa"} | {name.split(".")[-1] for name in names})}
    texts |= {zone: "" for zone in sorted(names)}
    for zone in texts:
        parent = zone.partition(".")[2]
        if zone:
            texts[parent] += "".join(f"{zone}. 3600 IN NS {one}.\n" for one in served_by(zone, household, plan))
            texts[parent] += glue if zone == plan.operator_zone else ""
    for name, (addresses, ttl) in hosts.items():
        texts[".".join(name.split(".")[-2:])] += address_records(name, addresses, ttl)
    for name, records in household.names.items():
        texts[".".join(name.split(".")[-2:])] += records_of(name, records, plan)
    return {zone: SOA.format(ttl=3600, operator=plan.operator_zone)
            + "".join(f"@ 3600 IN NS {one}.\n" for one in listed_by_itself(zone, household, plan)) + text
            for zone, text in texts.items()}


def is_top(zone: str) -> bool:
    return "." not in zone or zone == "ipv4only.arpa"


def home_zones(household: Household) -> set[str]:
    return {".".join(name.split(".")[-2:]) for name in household.names}


def served_by(zone: str, household: Household, plan: Addresses) -> list[str]:
    """Where the second server is out of order, that concerns the home's zones; the operator's is with the first."""
    if is_top(zone):
        return [ROOT_SERVER]
    if zone in home_zones(household) and household.internet.home_nameservers == "dead":
        return list(dead_name_servers(household, plan))
    both = list(name_servers(plan))
    return both if household.internet.second_nameserver == "same" or zone in home_zones(household) else both[:1]


def listed_by_itself(zone: str, household: Household, plan: Addresses) -> list[str]:
    servers = served_by(zone, household, plan)
    return servers[:1] if household.internet.nameservers_listed == "first" and zone in home_zones(household) else servers


def authority(household: Household, plan: Addresses) -> list[Server]:
    texts, second = zones(household, plan, earlier_records), household.internet.second_nameserver
    if dnssec.is_signed(household):
        texts = dnssec.sign(texts, household, home_zones(household))
    root = nsd("nsd-root", plan.root, {zone: text for zone, text in texts.items() if is_top(zone)})
    dead = home_zones(household) if household.internet.home_nameservers == "dead" else set()
    texts = {zone: text for zone, text in texts.items() if not is_top(zone) and zone not in dead}
    if second == "same" and household.internet.second_nameserver_program == "knot":
        return [root, nsd("nsd", plan.nameservers[:2], texts), knot("knot", plan.nameservers[2:], texts)]
    if second == "same":
        return [root, nsd("nsd", plan.nameservers, texts)]
    if second == "dead":
        return [root, nsd("nsd", plan.nameservers[:2], texts)]
    others = {zone: another(texts[zone], plan, second == "old") for zone in home_zones(household)} if second in ("old", "other") else {}
    return [root, nsd("nsd", plan.nameservers[:2], texts), nsd("nsd2", plan.nameservers[2:], others)]


def is_remembered(household: Household) -> bool:
    return any(records.remembered != "no" for records in household.names.values())


def change_records(household: Household, plan: Addresses, nsd_process: int, resolvers: list[str]) -> None:
    """Once these resolvers have the answers of before in their caches, the zone gets its present records."""
    if dnssec.is_signed(household) or household.internet.second_nameserver != "same":
        raise HouseholdError(f"{household.name}: names: remembered: only with two servers alike, and without signatures")
    for name in household.names:
        for resolver in resolvers:
            for kind in ("A", "AAAA"):
                run(["dig", f"@{resolver}", "+time=2", "+tries=2", name, kind], "host")
    new_serial = "2026010102"
    for zone, text in zones(household, plan).items():
        if zone in home_zones(household):
            (RUN / "nsd" / f"zone.{zone}").write_text(text.replace("2026010101", new_serial))
    os.kill(nsd_process, signal.SIGHUP)
    for zone in home_zones(household):
        for server in plan.nameservers:
            wait_until(lambda: new_serial in run(["dig", f"@{server}", "+short", "+time=1", zone, "SOA"], "servers"), f"{server} to have the new {zone}")


def another(text: str, plan: Addresses, older: bool) -> str:
    """The zone as its second server has it: other addresses, and perhaps the serial of yesterday."""
    lines = [line.split(" ") for line in (text.replace("2026010101", "2025123101") if older else text).splitlines()]
    for words in lines:
        if words[3] in ("A", "AAAA"):
            words[4] = plan.words["somebody-else6" if words[3] == "AAAA" else "somebody-else4"]
    return "\n".join(map(" ".join, lines)) + "\n"


def nsd(name: str, addresses: list[str], texts: dict[str, str]) -> Server:
    own = RUN / name
    own.mkdir()
    config = ["server:", *(f" ip-address: {one}" for one in addresses), f' zonesdir: "{own}"', ' username: ""',
              ' pidfile: ""', ' database: ""', f' xfrdfile: "{own}/xfrd"', f' xfrdir: "{own}"',
              f' zonelistfile: "{own}/zonelist"', f' logfile: "{own}/log"', " server-count: 1", " tcp-count: 16", " xfrd-tcp-max: 1", " xfrd-tcp-pipeline: 1", " rrl-size: 1000",
              "remote-control:", " control-enable: no"]
    for zone, text in texts.items():
        path = own / f"zone.{zone}"
        path.write_text(text)
        config += ["zone:", f' name: "{zone}."', f' zonefile: "{path}"']
    (own / "nsd.conf").write_text("\n".join(config) + "\n")
    awaits = [Listening("udp", one, 53) for one in addresses]
    return Server(name, "servers", ["nsd", "-d", "-c", str(own / "nsd.conf")], awaits)


def knot(name: str, addresses: list[str], texts: dict[str, str]) -> Server:
    own = RUN / name
    own.mkdir()
    config = ["server:", f' rundir: "{own}"', ' nsid: ""', " udp-workers: 1", " tcp-workers: 1", " background-workers: 1",
              *(f' listen: "{one}@53"' for one in addresses), "database:", f' storage: "{own}"', "log:", ' - target: "stdout"', "   any: warning",
              "template:", " - id: default", f'   storage: "{own}"', "   journal-content: none", "   zonefile-sync: -1", "   semantic-checks: off", "zone:"]
    for zone, text in texts.items():
        path = own / f"zone.{zone}"
        path.write_text(text)
        config += [f' - domain: "{zone}."', f'   file: "{path}"']
    (own / "knot.conf").write_text("\n".join(config) + "\n")
    # It looks up the machine's own name before it begins, and nobody in there knows that.
    argv = ["unshare", "--uts", "sh", "-c", 'hostname localhost && exec knotd -c "$0"', str(own / "knot.conf")]
    return Server(name, "servers", argv, [Listening("udp", one, 53) for one in addresses])


def public_resolver(household: Household, plan: Addresses) -> Server:
    if not dnssec.is_signed(household) or not household.internet.resolvers_validate:
        return resolver("servers", plan, plan.resolvers)
    config = [f' trust-anchor-file: "{dnssec.anchor()}"', " ede: yes"]
    date = dnssec.validates_at(household)
    return resolver("servers", plan, plan.resolvers, validating=config + ([f' val-override-date: "{date}"'] if date else []))


def resolver(where: str, plan: Addresses, addresses: list[str], dns64: bool = False, validating: list[str] = ()) -> Server:
    """A public resolver, or with `dns64` a provider's; the lab's root stands in its hints. `validating`: what it takes for that."""
    hints = RUN / f"hints.{where}"
    hints.write_text(f". 3600 IN NS {ROOT_SERVER}.\n" + address_records(ROOT_SERVER, plan.root, 3600))
    config = ["server:", *(f" interface: {one}" for one in addresses), ' username: ""', ' chroot: ""',
              f' directory: "{RUN}"', ' pidfile: ""', " use-syslog: no", " do-daemonize: no", " num-threads: 1",
              f' module-config: "{"dns64 " if dns64 else ""}{"validator " if validating else ""}iterator"', f' root-hints: "{hints}"',
              " access-control: 0.0.0.0/0 allow", " access-control: ::/0 allow"]
    config += [" dns64-prefix: 64:ff9b::/96"] if dns64 else []
    config += validating
    path = RUN / f"unbound.{where}.conf"
    path.write_text("\n".join(config + ["remote-control:", " control-enable: no"]) + "\n")
    awaits = [Listening("udp", one, 53) for one in addresses]
    return Server("unbound", where, ["unbound", "-d", "-c", str(path)], awaits)


def vantage_url(plan: Addresses, internet: Internet) -> list[str]:
    """As a name it is one vantage point over both families; as literals, one for each. Then the second one, by its name."""
    return first_vantage(plan, internet) + ([f"http://vantage2.{plan.operator_zone}:8370"] if internet.second_vantage != "none" else [])


def first_vantage(plan: Addresses, internet: Internet) -> list[str]:
    if internet.vantage == "port-checker":
        return [f"echoip+http://vantage.{plan.operator_zone}"]
    if not internet.by_literal:
        return [f"http://vantage.{plan.operator_zone}:8370"]
    return [f"http://[{one}]:8370" if ":" in one else f"http://{one}:8370"
            for one in of_family(plan.vantage, internet.vantage_families)]
