#!/usr/bin/python3
"""The HTML report in a real Chromium: nothing is loaded and nothing runs, it fits a phone and a desk, light and dark, on paper, and can be read by
everybody: headings in order, names for what is drawn, a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3).

    tests/report/test_browser.py --bin DIR [--screenshots DIR] [PAGE.html …]

Without pages it takes the sample reports of test-report. Speaks W3C WebDriver with chromedriver.
"""
import argparse
import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

WIDTHS = {"phone": 360, "desk": 1100}
DRIVER_SECONDS = 30

CONTRAST = """
const channel = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const parse = text => (text.match(/[0-9.]+/g) || []).map(Number);
const behind = element => {
  for (let e = element; e; e = e.parentElement) {
    const color = parse(getComputedStyle(e).backgroundColor);
    if (color.length === 3 || color[3] === 1) return color;
  }
  return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
};
const faint = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const node = texts.currentNode, element = node.parentElement;
  if (!node.data.trim()) continue;
  const style = getComputedStyle(element);
  const ink = parse(element.namespaceURI.endsWith('svg') ? style.fill : style.color);
  const [a, b] = [light(ink.slice(0, 3)), light(behind(element).slice(0, 3))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) faint.push(node.data.trim().slice(0, 40) + ' ' + ratio.toFixed(2));
}
return faint;
"""
OUTLINE = "return [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]));"
UNNAMED = "return [...document.querySelectorAll('svg')].filter(s => s.getAttribute('role') !== 'img' || !s.getAttribute('aria-label')).length;"
TOO_WIDE = "return document.documentElement.scrollWidth - document.documentElement.clientWidth;"
CLIPPED = """
return [...document.querySelectorAll('svg text')].filter(t => {
  const box = t.getBBox(), view = t.ownerSVGElement.viewBox.baseVal;
  return box.x < -0.5 || box.x + box.width > view.width + 0.5 || box.y + box.height > view.height + 0.5;
}).map(t => t.textContent);
"""
ACTIVE = "return document.querySelectorAll('script,iframe,object,embed,form,link,img,[onload],[onclick],[onerror]').length;"


class Browser:
    def __init__(self):
        self.process = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.url = f"http://127.0.0.1:{self.port()}"
        options = {"args": ["--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu", "--disable-dev-shm-usage"]}
        answer = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options,
                                                                                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
        self.session = "/session/" + answer["sessionId"]

    def port(self) -> str:
        deadline = time.monotonic() + DRIVER_SECONDS
        for line in self.process.stdout:
            if found := re.search(r"started successfully on port (\d+)", line):
                return found[1]
            if time.monotonic() > deadline:
                break
        raise SystemExit("chromedriver did not start")

    def ask(self, method: str, path: str, body: dict | None = None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=DRIVER_SECONDS) as answer:
            return json.load(answer)["value"]

    def run(self, script: str):
        return self.ask("POST", self.session + "/execute/sync", {"script": script, "args": []})

    def devtools(self, command: str, **parameters):
        return self.ask("POST", self.session + "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def show(self, page: pathlib.Path, width: int, scheme: str) -> None:
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500)
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.ask("POST", self.session + "/url", {"url": page.as_uri()})

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.ask("POST", self.session + "/se/log", {"type": "browser"})]

    def requests(self) -> list[str]:
        events = [json.loads(entry["message"])["message"] for entry in self.ask("POST", self.session + "/se/log", {"type": "performance"})]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def close(self) -> None:
        try:
            self.ask("DELETE", self.session)
        finally:
            self.process.terminate()
            self.process.wait()


def out_of_order(levels: list[int]) -> str:
    """One h1, the first; no level is skipped on the way down."""
    if levels[:1] != [1] or levels.count(1) != 1:
        return f"headings do not begin with the only h1: {levels}"
    skips = [(a, b) for a, b in zip(levels, levels[1:]) if b > a + 1]
    return f"headings skip a level: {skips}" if skips else ""


def faults(browser: Browser, page: pathlib.Path, screenshots: pathlib.Path | None) -> list[str]:
    found = []
    for name, width in WIDTHS.items():
        for scheme in ("light", "dark"):
            browser.requests(), browser.complaints()
            browser.show(page, width, scheme)
            where = f"{name}, {scheme}: "
            found += [where + "loads " + url for url in browser.requests() if url != page.as_uri()]
            found += [where + "the browser says " + text for text in browser.complaints()]
            if wide := browser.run(TOO_WIDE):
                found.append(f"{where}{wide} pixels wider than the screen")
            found += [where + "cut off in the picture: " + text for text in browser.run(CLIPPED)]
            found += [where + "faint: " + text for text in browser.run(CONTRAST)]
            if screenshots:
                size = browser.devtools("Page.getLayoutMetrics")["cssContentSize"]
                clip = {"x": 0, "y": 0, "width": width, "height": min(size["height"], 4000), "scale": 1}
                shot = browser.devtools("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
                (screenshots / f"{page.stem}-{name}-{scheme}.png").write_bytes(base64.b64decode(shot["data"]))
    if wrong := out_of_order(browser.run(OUTLINE)):
        found.append(wrong)
    if browser.run(UNNAMED):
        found.append("a picture has no name for screen readers")
    if browser.run(ACTIVE):
        found.append("there are elements that run or load something")
    if not base64.b64decode(browser.devtools("Page.printToPDF")["data"]).startswith(b"%PDF"):
        found.append("cannot be printed")
    return found


def samples(directory: pathlib.Path, into: pathlib.Path) -> list[pathlib.Path]:
    subprocess.run([directory / "test-report", "samples as HTML files"], env=os.environ | {"RINGBACK_WRITE_HTML": str(into)}, check=True,
                   stdout=subprocess.DEVNULL)
    return sorted(into.glob("*.html"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--screenshots", type=pathlib.Path)
    parser.add_argument("pages", type=pathlib.Path, nargs="*")
    options = parser.parse_args()
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as made:
        pages = [page.resolve() for page in options.pages] or samples(options.bin.resolve(), pathlib.Path(made))
        browser = Browser()
        try:
            for page in pages:
                found = faults(browser, page, options.screenshots)
                failed += bool(found)
                print(f"{'not ok' if found else 'ok':6} {page.name}")
                for fault in found:
                    print("         " + fault)
        finally:
            browser.close()
    print(f"{len(pages) - failed} passed, {failed} failed")
    return 1 if failed or len(pages) < 1 else 0


sys.exit(main())
