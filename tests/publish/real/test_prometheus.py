"""Metrics, read by promtool, by node_exporter and a Prometheus that scrapes it, and by the Pushgateway."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import textwrap
import urllib.parse
import urllib.request

from . import servers
from .servers import Servers, eventually, publish, report

PROMETHEUS, EXPORTER, GATEWAY = 9090, 9100, 9091


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def series(query: str) -> list[dict]:
    answer = json.loads(fetch(f"http://127.0.0.1:{PROMETHEUS}/api/v1/query?" + urllib.parse.urlencode({"query": query})))
    return answer["data"]["result"]


def value(query: str) -> str | None:
    found = series(query)
    return found[0]["value"][1] if len(found) == 1 else None


class Prometheus(Servers):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir=servers.folder)))
        self.text = self.directory / "ringback.prom"

    def scrape(self, job: str, port: int, **more):
        config = {"global": {"scrape_interval": "1s"}, "scrape_configs": [{"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}], **more}]}
        (servers.folder / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML
        data = tempfile.mkdtemp(dir=servers.folder)
        self.start(PROMETHEUS, "prometheus", f"--config.file={servers.folder}/prometheus.yml", f"--storage.tsdb.path={data}", f"--web.listen-address=127.0.0.1:{PROMETHEUS}")

    def export(self):
        self.start(EXPORTER, "prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={self.directory}",
                   f"--web.listen-address=127.0.0.1:{EXPORTER}")

    def test_promtool_has_nothing_to_say(self):
        for sample in sorted(path.stem for path in (servers.folder / "reports").iterdir()):
            with self.subTest(sample):
                self.assertEqual(publish(sample, "warning", "--prometheus", str(self.text)), [])
                done = subprocess.run(["promtool", "check", "metrics"], input=self.text.read_bytes(), capture_output=True, check=False)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))

    def test_the_alerts_that_the_page_recommends(self):
        page = (pathlib.Path(__file__).resolve().parents[3] / "src/publish/README.md").read_text()
        alerts = re.search(r"```\n(- alert: .*?)```", page, re.DOTALL)[1]
        (self.directory / "rules.yml").write_text("groups:\n- name: ringback\n  rules:\n" + textwrap.indent(alerts, "  "))
        # The series that a check wrote are held against the rules a minute later, and an hour later, when none has come since.
        publish("ds-lite", "critical", "--prometheus", str(self.text))
        wrote = self.text.read_text()
        service, reachable = next(line.rsplit(" ", 1) for line in wrote.splitlines() if line.startswith("ringback_service_reachable{") and line.endswith(" 0"))
        self.assertIn("ringback_last_check_timestamp_seconds ", wrote)
        labels = dict(re.findall(r'(\w+)="([^"]*)"', service))
        unreachable = {"eval_time": "1m", "alertname": "NotReachableFromTheInternet", "exp_alerts": [{"exp_labels": labels}]}
        stopped = [{"eval_time": time, "alertname": "RingbackHasStopped", "exp_alerts": [{}] * fires} for time, fires in (("1m", 0), ("1h", 1))]
        series = [{"series": service, "values": f"{reachable}x60"}, {"series": "ringback_last_check_timestamp_seconds", "values": "0x60"}]
        test = {"rule_files": ["rules.yml"], "tests": [{"interval": "1m", "input_series": series, "alert_rule_test": [unreachable, *stopped]}]}
        (self.directory / "test.yml").write_text(json.dumps(test))  # JSON is YAML
        for words in (["check", "rules", "rules.yml"], ["test", "rules", "test.yml"]):
            done = subprocess.run(["promtool", *words], cwd=self.directory, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_prometheus_scrapes_node_exporter(self):
        publish("ds-lite", "critical", "--prometheus", str(self.text))
        os.chmod(self.text, 0o644)
        self.export()
        self.scrape("node", EXPORTER)
        self.assertEqual(eventually(lambda: value('ringback_service_reachable{family="ipv4"}')), "0")
        self.assertEqual(value('ringback_service_reachable{service="443/tcp",family="ipv6"}'), "1")
        self.assertEqual(value('ringback_check_level{level="critical"}'), "1")
        self.assertEqual(value("sum(ringback_check_level)"), "1")
        self.assertEqual(value("ringback_check_duration_seconds"), "0.812")
        self.assertEqual(value("ringback_last_check_timestamp_seconds"), "1769860800")
        self.assertEqual(series("ringback_service_info{family='ipv4'}")[0]["metric"]["cause"], "ipv4.ds-lite")
        self.assertEqual(value("node_textfile_scrape_error"), "0")
        self.assertEqual(value("count(node_textfile_mtime_seconds)"), "1")
        # What is not checked any more is gone, what changed has changed.
        publish("no-listener", "ok", "--prometheus", str(self.text))
        self.assertEqual(eventually(lambda: value("ringback_service_reachable{service='8443:443/tcp'}")), "0")
        self.assertEqual(series("ringback_service_reachable{service='443/tcp'}"), [])
        self.assertEqual([path.name for path in self.directory.iterdir()], ["ringback.prom"])

    def test_node_exporter_takes_whatever_a_report_holds(self):
        self.export()
        for sample in ("hostile", "many", "empty", "offline"):
            with self.subTest(sample):
                publish(sample, "unknown", "--prometheus", str(self.text))
                metrics = fetch(f"http://127.0.0.1:{EXPORTER}/metrics")
                self.assertIn("node_textfile_scrape_error 0\n", metrics)
                self.assertIn('ringback_check_level{level="unknown"} 1\n', metrics)

    def test_nobody_ever_reads_half_a_file(self):
        publish("many", "ok", "--prometheus", str(self.text))
        whole = {self.text.read_bytes()}
        publish("ds-lite", "ok", "--prometheus", str(self.text))
        whole.add(self.text.read_bytes())
        writers = [subprocess.Popen([servers.binaries / "publish-report", servers.folder / "reports" / f"{name}.json", "ok", "--prometheus", self.text]) for name in ("many", "ds-lite") * 5]
        while any(writer.poll() is None for writer in writers):
            self.assertIn(self.text.read_bytes(), whole)
        self.assertEqual([writer.returncode for writer in writers], [0] * len(writers))

    def test_the_pushgateway_holds_what_was_pushed_last(self):
        self.start(GATEWAY, "prometheus-pushgateway", f"--web.listen-address=127.0.0.1:{GATEWAY}")
        self.scrape("pushgateway", GATEWAY, honor_labels=True)
        url = f"http://127.0.0.1:{GATEWAY}"
        self.assertEqual(publish("ds-lite", "critical", "--pushgateway", url, "--instance", "attic"), [])
        self.assertEqual(publish("healthy", "ok", "--pushgateway", url + "/", "--instance", "cellar"), [])
        self.assertEqual(eventually(lambda: value('ringback_service_reachable{instance="attic",job="ringback",family="ipv4"}')), "0")
        self.assertEqual(eventually(lambda: value('ringback_service_reachable{instance="cellar",family="ipv4"}')), "1")
        self.assertEqual(value('push_failure_time_seconds{instance="attic"}'), "0")
        self.assertEqual(publish("no-listener", "ok", "--pushgateway", url, "--instance", "attic"), [])
        eventually(lambda: value('ringback_service_reachable{instance="attic",service="8443:443/tcp"}') == "0")
        self.assertEqual(series('ringback_service_reachable{instance="attic",service="443/tcp"}'), [])
        for sample in ("hostile", "many", "empty"):
            with self.subTest(sample):
                self.assertEqual(publish(sample, "ok", "--pushgateway", url, "--instance", sample), [])

    def test_a_pushgateway_that_is_none_is_named(self):
        self.assertEqual(publish("healthy", "ok", "--pushgateway", "http://127.0.0.1:9", "--seconds", "2"), ["Pushgateway: http://127.0.0.1:9 was not told: Connection refused"])
        self.assertEqual(publish("healthy", "ok", "--pushgateway", f"http://127.0.0.1:{self.silent()}", "--seconds", "2")[0].split(" ", 2)[2], "did not answer in 2 s")
        self.assertEqual(report("healthy")["services"][0]["reachable"], "yes")
