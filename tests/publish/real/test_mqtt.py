"""MQTT, by a real mosquitto: what Home Assistant would find there, reconnecting, passwords, rights, and removal."""
import contextlib
import json
import pathlib
import socket
import subprocess
import threading
import time

import jinja2

from . import servers
from .servers import Servers, eventually, publish, secret

PORT = 1883
BROKER = f"mqtt://127.0.0.1:{PORT}"


def held(topic: str = "#", *options: str) -> dict[str, str]:
    """What the broker holds, by topic, as somebody sees it who subscribes now."""
    done = subprocess.run(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(PORT), "-t", topic, "--retained-only", "-F", "%j", "-W", "1", *options], capture_output=True, text=True, check=False,
                          timeout=servers.SECONDS)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    return {message["topic"]: message["payload"] for message in messages}


def shown(messages: dict[str, str]) -> dict[str, str]:
    """The states of the sensors, as Home Assistant's templates make them of the state."""
    states = {}
    for topic, payload in messages.items():
        if topic.endswith("/config"):
            config = json.loads(payload)
            state = json.loads(messages[config["state_topic"]])
            environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
            states[config["name"]] = environment.from_string(config["value_template"]).render(value_json=state)
            if template := config.get("json_attributes_template"):
                assert isinstance(json.loads(environment.from_string(template).render(value_json=state)), dict)
    return states


class Mosquitto(Servers):
    def broker(self, *lines: str, port: int = PORT, address: str = "127.0.0.1"):
        config = pathlib.Path(servers.folder, f"mosquitto-{port}.conf")
        config.write_text("\n".join(["per_listener_settings false", f"listener {port} {address}", "persistence false", "log_type error", "user root", *(lines or ["allow_anonymous true"])]) + "\n")
        return self.start(port, "mosquitto", "-c", config)


class Mqtt(Mosquitto):
    def test_home_assistant_finds_one_device_with_its_sensors(self):
        self.broker()
        self.assertEqual(publish("ds-lite", "critical", "--mqtt", BROKER, "--instance", "attic"), [])
        messages = held()
        self.assertEqual(shown(messages), {"Check": "critical", "Problem": "ON", "Connection": "ds-lite", "Findings": "2", "Last check": "2026-01-31T12:00:00.000Z",
                                           "443/tcp over IPv4": "OFF", "443/tcp over IPv6": "ON", "Name home.example.org": "ON"})
        self.assertEqual(messages["ringback/attic/availability"], "online")
        configurations = [json.loads(payload) for topic, payload in messages.items() if topic.startswith("homeassistant/")]
        self.assertEqual({json.dumps(config["device"]["identifiers"]) for config in configurations}, {'["ringback_attic"]'})
        self.assertEqual(len({config["unique_id"] for config in configurations}), len(configurations))

    def test_what_could_not_be_tested_is_unknown(self):
        self.broker()
        publish("untested", "unknown", "--mqtt", BROKER, "--instance", "attic", "--mqtt-discovery", "ha/x", "--mqtt-expire", "0")
        messages = held()
        states = shown(messages)
        self.assertEqual((states["443/tcp over IPv4"], states["Problem"]), ("None", "None"))
        self.assertTrue(all(topic.startswith(("ha/x/", "ringback/attic/")) for topic in messages))
        self.assertNotIn("expire_after", "".join(messages.values()))

    def test_whatever_a_report_holds(self):
        self.broker()
        for sample in ("hostile", "many", "empty", "offline", "many-services"):
            with self.subTest(sample):
                self.assertEqual(publish(sample, "ok", "--mqtt", BROKER, "--instance", sample), [])
                messages = held(f"homeassistant/+/ringback_{sample}/+/config") | held(f"ringback/{sample}/#")
                self.assertGreaterEqual(len(shown(messages)), 5)

    def test_sensors_of_what_is_not_checked_any_more_go(self):
        self.broker()
        publish("many", "ok", "--mqtt", BROKER, "--instance", "attic")
        publish("ds-lite", "critical", "--mqtt", BROKER, "--instance", "cellar")
        self.assertEqual(publish("no-listener", "critical", "--mqtt", BROKER, "--instance", "attic"), [])
        self.assertIn("8443:443/tcp over IPv4", shown(held()))
        self.assertEqual(len(held("homeassistant/+/ringback_attic/+/config")), 6)
        self.assertEqual(len(held("homeassistant/+/ringback_cellar/+/config")), 8)

    def test_removal_leaves_nothing_but_what_is_others(self):
        self.broker()
        publish("many", "ok", "--mqtt", BROKER, "--instance", "attic")
        publish("ds-lite", "ok", "--mqtt", BROKER, "--instance", "cellar")
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-r", "-t", "homeassistant/sensor/other/config", "-m", "{}"], check=True)
        self.assertEqual(publish("empty", "ok", "--mqtt", BROKER, "--instance", "attic", "--remove"), [])
        self.assertFalse([topic for topic in held() if "attic" in topic])
        self.assertEqual(publish("empty", "ok", "--mqtt", BROKER, "--instance", "attic", "--remove"), [])
        self.assertEqual(publish("empty", "ok", "--mqtt", BROKER, "--instance", "cellar", "--remove"), [])
        self.assertEqual(list(held()), ["homeassistant/sensor/other/config"])

    def test_a_broker_that_forgot_everything_is_told_everything_again(self):
        first = self.broker()
        publish("ds-lite", "critical", "--mqtt", BROKER, "--instance", "attic")
        before = held()
        self.end(first)
        self.assertEqual(publish("ds-lite", "critical", "--mqtt", BROKER, "--instance", "attic", "--seconds", "2"), ["MQTT: 127.0.0.1:1883 was not told: Connection refused"])
        self.broker()
        self.assertEqual(held(), {})
        publish("ds-lite", "critical", "--mqtt", BROKER, "--instance", "attic")
        self.assertEqual(held(), before)

    def test_a_broker_that_comes_up_meanwhile_is_told(self):
        self.broker()
        with proxy(opening_after=4) as port:
            self.assertEqual(publish("ds-lite", "critical", "--mqtt", f"mqtt://127.0.0.1:{port}", "--instance", "attic", "--seconds", "20"), [])
        self.assertEqual(shown(held())["Check"], "critical")

    def test_an_address_that_is_dead_costs_one_attempt(self):
        self.broker()  # listens on 127.0.0.1, while the name leads to ::1 first
        self.assertEqual(publish("ds-lite", "critical", "--mqtt", f"mqtt://two.example:{PORT}", "--instance", "attic"), [])
        self.assertEqual(shown(held())["Check"], "critical")

    def test_a_family_that_is_dark_costs_half_the_time(self):
        self.broker()
        self.swallow(PORT, "ip6")
        self.assertEqual(publish("ds-lite", "critical", "--mqtt", f"mqtt://two.example:{PORT}", "--instance", "attic", "--seconds", "4"), [])
        self.assertEqual(shown(held())["Check"], "critical")
        self.swallow(PORT, "ip")
        self.assertEqual(publish("ds-lite", "critical", "--mqtt", f"mqtt://two.example:{PORT}", "--seconds", "3"), [f"MQTT: two.example:{PORT} did not answer in 3 s"])

    def test_a_check_that_breaks_off_leaves_its_last_will(self):
        self.broker()
        publish("ds-lite", "critical", "--mqtt", BROKER, "--instance", "attic")
        with proxy(cutting=True) as port:
            troubles = publish("ds-lite", "critical", "--mqtt", f"mqtt://127.0.0.1:{port}", "--instance", "attic", "--seconds", "6")
        self.assertEqual(len(troubles), 1)
        self.assertRegex(troubles[0], f"^MQTT: 127.0.0.1:{port} (closed the connection|was not told: |took not all)")
        eventually(lambda: held("ringback/attic/availability")["ringback/attic/availability"] == "offline")
        publish("ds-lite", "critical", "--mqtt", BROKER, "--instance", "attic")
        self.assertEqual(held()["ringback/attic/availability"], "online")

    def test_silence_costs_the_deadline_and_no_more(self):
        port = self.silent()
        begun = time.monotonic()
        self.assertEqual(publish("ds-lite", "critical", "--mqtt", f"mqtt://127.0.0.1:{port}", "--seconds", "3"), [f"MQTT: 127.0.0.1:{port} did not answer in 3 s"])
        self.assertLess(time.monotonic() - begun, servers.SECONDS)

    def test_a_name_that_is_none(self):
        self.assertEqual(publish("ds-lite", "critical", "--mqtt", "mqtt://nowhere.example", "--seconds", "2"), ["MQTT: nowhere.example:1883 cannot be asked: the name was not found"])


class Rights(Mosquitto):
    def setUp(self):
        self.passwords = secret("")
        subprocess.run(["mosquitto_passwd", "-b", self.passwords, "me", "s3cret"], check=True, capture_output=True)
        self.me = f"mqtt://me@127.0.0.1:{PORT}"

    def publish(self, url: str, password: str | None, *options: str, mode: int = 0o600) -> list[str]:
        words = ["--mqtt-password-file", secret(password, mode)] if password is not None else []
        troubles = publish("ds-lite", "critical", "--mqtt", url, "--instance", "attic", *words, *options)
        self.assertNotIn("s3cret", "".join(troubles))
        return troubles

    def test_passwords(self):
        self.broker("allow_anonymous false", f"password_file {self.passwords}")
        self.assertEqual(self.publish(self.me, "s3cret\n"), [])
        self.assertEqual(len(held("#", "-u", "me", "-P", "s3cret")), 10)
        place = "MQTT: 127.0.0.1:1883 "
        self.assertEqual(self.publish(self.me, "wrong-s3cret"), [place + "does not accept this user with this password"])
        self.assertEqual(self.publish(self.me, None), [place + "wants a password (--mqtt-password-file FILE)"])
        self.assertEqual(self.publish(BROKER, None), [place + "wants a user and a password (mqtt://USER@HOST with --mqtt-password-file FILE)"])
        self.assertRegex(self.publish(self.me, "s3cret", mode=0o644)[0], "^" + place + "was not told: --mqtt-password-file: .* is open to others than its owner; do this: chmod 600 ")
        self.assertRegex(self.publish("mqtt://me:s3cret@127.0.0.1", None)[0], "--mqtt: a password does not belong into the URL")

    def test_a_user_who_may_write_the_state_alone(self):
        rights = secret("user me\ntopic readwrite ringback/#\n")
        self.broker("allow_anonymous false", f"password_file {self.passwords}", f"acl_file {rights}")
        self.assertEqual(self.publish(self.me, "s3cret", "--mqtt-discovery", ""), [])
        self.assertEqual(set(held("#", "-u", "me", "-P", "s3cret")), {"ringback/attic/availability", "ringback/attic/state"})
        self.assertEqual(self.publish(self.me, "s3cret"), [])  # MQTT 3.1.1 has no word for it

    def test_a_user_who_may_not_read_publishes_all_the_same(self):
        rights = secret("user me\ntopic write ringback/#\ntopic write homeassistant/#\n\nuser admin\ntopic read #\n")
        subprocess.run(["mosquitto_passwd", "-b", self.passwords, "admin", "x"], check=True, capture_output=True)
        self.broker("allow_anonymous false", f"password_file {self.passwords}", f"acl_file {rights}")
        self.assertEqual(self.publish(self.me, "s3cret"), [])
        self.assertEqual(shown(held("#", "-u", "admin", "-P", "x"))["Check"], "critical")
        self.assertRegex(self.publish(self.me, "s3cret", "--remove")[0], "did not show what it holds|does not let this user read")


@contextlib.contextmanager
def proxy(opening_after: int = 0, cutting: bool = False):
    """In front of the broker: hangs up on the first who come; or passes on what comes, and cuts the line in the middle of what is published."""
    listener = socket.create_server(("127.0.0.1", 0))
    lines = []

    def cut(near: socket.socket):
        with near, socket.create_connection(("127.0.0.1", PORT)) as far:
            far.sendall(near.recv(4096))     # CONNECT
            near.sendall(far.recv(4096))     # CONNACK
            far.sendall(near.recv(100))

    def pump(source: socket.socket, sink: socket.socket):
        with contextlib.suppress(OSError):
            while some := source.recv(4096):
                sink.sendall(some)
            sink.shutdown(socket.SHUT_WR)

    def serve():
        refused = 0
        with contextlib.suppress(OSError):
            while True:
                near = listener.accept()[0]
                lines.append(near)
                if refused < opening_after:
                    refused += 1
                    near.close()
                elif cutting:
                    with contextlib.suppress(ConnectionError):
                        cut(near)
                else:
                    far = socket.create_connection(("127.0.0.1", PORT))
                    lines.append(far)
                    for pair in ((near, far), (far, near)):
                        threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    for line in [listener, *lines]:
        line.close()
