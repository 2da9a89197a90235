"""Pings, taken by a server that does what healthchecks.io documents (https://healthchecks.io/docs/http_api/); its own is not in Debian."""
import http.server
import ssl
import threading

from .servers import Servers, certificate, publish

SECRET = "6f1a2b3c-0000-4000-8000-5ec2e75ec2e7"


class Pings(Servers):
    def setUp(self):
        self.taken = []
        self.failures = []   # statuses of the next answers
        self.words = b"OK"

    def serve(self, tls: tuple[str, str] | None = None) -> int:
        test = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                test.taken.append((self.path, body.decode()))
                self.send_response(test.failures.pop(0) if test.failures else 200)
                self.send_header("Content-Length", str(len(test.words)))
                self.end_headers()
                self.wfile.write(test.words)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1]

    def ping(self, url: str, level: str, *options: str, report: str = "ds-lite") -> list[str]:
        troubles = publish(report, level, "--ping", url, *options)
        self.assertNotIn(SECRET, "".join(troubles))
        return troubles

    def test_start_success_exit_status_and_body(self):
        url = f"http://127.0.0.1:{self.serve()}/{SECRET}"
        self.assertEqual(self.ping(url, "ok", "--start"), [])
        self.assertEqual(self.ping(url, "ok", report="healthy"), [])
        self.assertEqual(self.ping(url, "warning"), [])
        self.assertEqual(self.ping(url + "?create=1", "critical"), [])
        self.assertEqual(self.ping(url, "unknown"), [])
        self.assertEqual([path for path, _ in self.taken], [f"/{SECRET}/start", f"/{SECRET}/0", f"/{SECRET}/1", f"/{SECRET}/2?create=1", f"/{SECRET}/3"])
        self.assertEqual(self.taken[0][1], "")
        self.assertIn("443/tcp can be reached from the internet over IPv4 and IPv6.", self.taken[1][1])
        self.assertTrue(self.taken[3][1].startswith("critical since 2026-01-31T12:00:00.000Z\n\n443/tcp can be reached"))
        self.assertIn("(DS-Lite)", self.taken[3][1])

    def test_a_server_that_fails_for_a_moment_is_asked_again(self):
        url = f"http://127.0.0.1:{self.serve()}/{SECRET}"
        self.failures = [503, 500]
        self.assertEqual(self.ping(url, "ok"), [])
        self.assertEqual(len(self.taken), 3)
        self.assertEqual(len(set(self.taken)), 1)

    def test_a_body_has_its_bound(self):
        url = f"http://127.0.0.1:{self.serve()}/{SECRET}"
        for sample in ("many", "hostile"):
            self.assertEqual(self.ping(url, "ok", report=sample), [])
        self.assertTrue(all(len(body.encode()) <= 100_000 for _, body in self.taken))

    def test_what_went_wrong_is_said_without_the_secret(self):
        place = f"http://127.0.0.1:{self.serve()}"
        for status, why in ((404, "knows nothing under this URL (status 404)"), (302, "answered with a redirection (302), which is not followed; name the place where it leads to"),
                            (400, "answered with status 400")):
            self.failures = [status]
            self.assertEqual(self.ping(f"{place}/{SECRET}", "ok"), [f"Ping: {place} {why}"])
        self.words = b"OK (not found)"
        self.assertEqual(self.ping(f"{place}/{SECRET}", "ok"), [f"Ping: {place} knows no check under this URL"])
        self.assertRegex(self.ping(f"127.0.0.1/{SECRET}", "ok")[0], "^--ping: this is no URL; write https://HOST")

    def test_several_side_by_side(self):
        place = f"http://127.0.0.1:{self.serve()}"
        silent = self.silent()
        troubles = publish("healthy", "ok", "--ping", f"{place}/{SECRET}", "--ping", f"http://127.0.0.1:{silent}/{SECRET}", "--ping", f"{place}/second", "--ping", f"http://127.0.0.1:9/{SECRET}",
                           "--seconds", "3")
        self.assertEqual(troubles, [f"Ping: http://127.0.0.1:{silent} did not answer in 3 s", "Ping: http://127.0.0.1:9 was not told: Connection refused"])
        self.assertEqual(sorted(path for path, _ in self.taken), [f"/{SECRET}/0", "/second/0"])

    def test_tls(self):
        port = self.serve(certificate("DNS:broker.example"))
        self.assertEqual(self.ping(f"https://broker.example:{port}/{SECRET}", "ok"), [])
        self.assertEqual(self.taken[0][0], f"/{SECRET}/0")
        self.assertRegex(self.ping(f"https://other.example:{port}/{SECRET}", "ok")[0], f"^Ping: https://other.example:{port} was not told: SSL peer certificate")
        stranger = self.serve(certificate("DNS:broker.example", "stranger"))
        self.assertRegex(self.ping(f"https://broker.example:{stranger}/{SECRET}", "ok")[0], f"^Ping: https://broker.example:{stranger} was not told: SSL peer certificate")
        self.assertEqual(len(self.taken), 1)

    def test_an_address_that_is_dead_costs_one_attempt(self):
        port = self.serve()
        self.assertEqual(self.ping(f"http://two.example:{port}/{SECRET}", "ok"), [])
        self.assertEqual(len(self.taken), 1)

    def test_a_family_that_is_dark_costs_half_the_time(self):
        port = self.serve()
        self.swallow(port, "ip6")
        self.assertEqual(self.ping(f"http://two.example:{port}/{SECRET}", "ok", "--seconds", "4"), [])
        self.swallow(port, "ip")
        self.assertEqual(self.ping(f"http://two.example:{port}/{SECRET}", "ok", "--seconds", "3"), [f"Ping: http://two.example:{port} did not answer in 3 s"])
