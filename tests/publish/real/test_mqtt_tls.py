"""MQTT over TLS, by a real mosquitto: whose certificate is accepted."""
import resource
import subprocess

from . import servers
from .servers import certificate, listens, publish, secret
from .test_mqtt import Mosquitto

TLS = 8883


class OverTls(Mosquitto):
    def broker_with(self, name: str, by: str = "authority", days: int = 2, *more: str):
        crt, key = certificate(name, by, days)
        return self.broker(f"certfile {crt}", f"keyfile {key}", *(more or ["allow_anonymous true"]), port=TLS)

    def publish(self, host: str, *options: str) -> list[str]:
        return publish("ds-lite", "critical", "--mqtt", f"mqtts://{host}", "--instance", "attic", *options)

    def own(self) -> tuple[str, str]:
        return "--mqtt-ca", str(servers.folder / "authority.crt")

    def test_an_authority_of_ones_own(self):
        self.broker_with("DNS:broker.example")
        self.assertEqual(self.publish("broker.example", *self.own()), [])
        self.assertEqual(self.publish("broker.example", *self.own(), "--remove"), [])

    def test_an_address_in_the_certificate(self):
        self.broker_with("IP:127.0.0.1")
        self.assertEqual(self.publish("127.0.0.1", *self.own()), [])

    def test_the_authorities_of_the_system(self):
        self.broker_with("DNS:broker.example")
        self.assertEqual(self.publish("broker.example"), [])

    def test_with_a_password(self):
        passwords = secret("")
        subprocess.run(["mosquitto_passwd", "-b", passwords, "me", "s3cret"], check=True, capture_output=True)
        self.broker_with("DNS:broker.example", "authority", 2, "allow_anonymous false", f"password_file {passwords}")
        self.assertEqual(publish("ds-lite", "critical", "--mqtt", "mqtts://me@broker.example", "--mqtt-password-file", secret("s3cret"), *self.own()), [])

    def test_certificates_that_are_not_accepted(self):
        for name, by, days, host, why in (
            ("DNS:broker.example", "authority", 2, "other.example", "hostname mismatch"),
            ("DNS:broker.example", "authority", 2, "127.0.0.1", "IP address mismatch"),
            ("IP:127.0.0.1", "authority", 2, "broker.example", "hostname mismatch"),
            ("DNS:broker.example", "stranger", 2, "broker.example", "unable to get local issuer certificate"),
            ("DNS:broker.example", "authority", -1, "broker.example", "certificate has expired"),
        ):
            with self.subTest(why, name=name, by=by):
                broker = self.broker_with(name, by, days)
                self.assertEqual(self.publish(host, *self.own()), [f"MQTT: {host}:8883 has a certificate that is not accepted: {why}"])
                self.end(broker)

    def test_no_tls_there(self):
        self.broker(port=TLS)
        self.assertRegex(self.publish("broker.example")[0], "^MQTT: broker.example:8883 (does not speak TLS as it should|closed the connection|was not told: Connection reset by peer)$")

    def test_silence(self):
        port = self.silent()
        self.assertTrue(listens(port))
        self.assertEqual(self.publish(f"broker.example:{port}", "--seconds", "2"), [f"MQTT: broker.example:{port} did not answer in 2 s"])

    def processor_time_of(self, act) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        act()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def test_a_port_that_refuses_or_resets_is_named_and_waited_for_at_rest(self):
        # What libmosquitto takes for a handshake that goes on must not be tried ten thousand times: against silence, that costs a start alone.
        at_rest = self.processor_time_of(lambda: self.publish(f"broker.example:{self.silent()}", "--seconds", "5"))
        for port, why in ((9, "Connection refused"), (self.resetting(), "Connection reset by peer")):
            with self.subTest(why):
                spent = self.processor_time_of(lambda: self.assertEqual(self.publish(f"broker.example:{port}", "--seconds", "5"), [f"MQTT: broker.example:{port} was not told: {why}"]))
                self.assertLess(spent, at_rest + 1)

    def test_a_family_that_is_dark(self):
        self.broker_with("DNS:two.example")
        self.swallow(TLS, "ip6")
        self.assertEqual(self.publish("two.example", *self.own(), "--seconds", "4"), [])

    def test_a_file_that_holds_no_certificate(self):
        self.broker_with("DNS:broker.example")
        self.assertEqual(self.publish("broker.example", "--mqtt-ca", secret("nothing")), ["MQTT: broker.example:8883 was not told: the file of --mqtt-ca holds no certificate (PEM)"])
