#!/usr/bin/python3
"""The HTML report, and that of the history, in a real Chromium: nothing is loaded and nothing runs, it fits a phone and a desk, light and dark, on paper, and can be read by
everybody: headings in order, names for what is drawn, a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3), all of it by keyboard alone.

    tests/report/test_browser.py --bin DIR [--screenshots DIR] [PAGE.html …]

Without pages it takes the sample reports of test-report, reports of recorded households, and histories. Speaks W3C WebDriver with chromedriver.
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
PAPER = 718   # pixels of an A4 sheet between its margins
SMALLEST = 11   # pixels of a letter's height in the picture
DRIVER_SECONDS = 30

CONTRAST = """
const onPaper = matchMedia('print').matches;   // where browsers leave backgrounds out
const channel = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const parse = text => (text.match(/[0-9.]+/g) || []).map(Number);
const behind = element => {
  if (onPaper) return [255, 255, 255];
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
SMALL = """
return [...document.querySelectorAll('svg text')].map(t => [t.textContent, parseFloat(getComputedStyle(t).fontSize)
  * t.ownerSVGElement.getBoundingClientRect().width / t.ownerSVGElement.viewBox.baseVal.width]).filter(([, size]) => size < LEAST).map(([text, size]) => text + ' ' + size.toFixed(1));
"""
OVERLAPPING = """
const texts = [...document.querySelectorAll('svg text')], found = [];
texts.forEach((one, i) => texts.slice(i + 1).forEach(other => {
  const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left), down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (across > 0.5 && down > Math.min(a.height, b.height) / 2) found.push(one.textContent + ' and ' + other.textContent);
}));
return found;
"""
# An address that stands on two lines although it would fit one where it stands.
BROKEN = """
const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const node = texts.currentNode, block = node.parentElement;
  if (block.closest('pre, svg') || !block.getClientRects().length) continue;
  for (const match of node.data.matchAll(/[0-9a-f]{1,4}(:[0-9a-f]{0,4}){2,7}|[0-9]{1,3}([.][0-9]{1,3}){3}/g)) {
    const range = document.createRange();
    range.setStart(node, match.index), range.setEnd(node, match.index + match[0].length);
    const pieces = [...range.getClientRects()];
    const width = pieces.reduce((sum, piece) => sum + piece.width, 0);
    if (pieces.length > 1 && width < document.querySelector('main').clientWidth - (block.closest('.card') ? IN_A_CARD : IN_A_LIST)) found.push(match[0] + ' of ' + width.toFixed(0) + ' pixels');
  }
}
return found;
"""
IN_A_LIST, IN_A_CARD = 20, 60   # pixels by which its lines are shorter than the page, at the most
FOLDED = "return [...document.querySelectorAll('.folded')].filter(e => !e.getClientRects().length).length;"
SCROLLING = "return [...document.querySelectorAll('pre')].filter(e => e.scrollWidth > e.clientWidth + 1).length;"
# Numbers what the keyboard has to reach, and tells where it is: a number, or -1.
NUMBERED = """
window.wanted = [...document.querySelectorAll('summary'), ...[...document.querySelectorAll('pre')].filter(e => e.getClientRects().length && e.scrollWidth > e.clientWidth + 1)];
document.activeElement.blur();
return window.wanted.map(e => e.tagName);
"""
FOCUSED = "return window.wanted.indexOf(document.activeElement);"
SHOWN_BEHIND = "return (document.activeElement.parentElement.nextElementSibling?.getClientRects().length ?? 0) > 0;"
SCROLLED = "return document.activeElement.scrollLeft;"
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

    def show(self, page: pathlib.Path, width: int, scheme: str, medium: str = "screen") -> None:
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500)
        self.devtools("Emulation.setEmulatedMedia", media=medium, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.ask("POST", self.session + "/url", {"url": page.as_uri()})

    def press(self, key: str, code: int) -> None:
        for kind in ("rawKeyDown", "char", "keyUp") if key == "Enter" else ("rawKeyDown", "keyUp"):
            self.devtools("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, text="\r" if kind == "char" else "")

    def photograph(self, into: pathlib.Path, width: int) -> None:
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": width, "height": min(size["height"], 4000), "scale": 1}
        into.write_bytes(base64.b64decode(self.devtools("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]))

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


def by_keyboard(browser: Browser) -> list[str]:
    """Tab leads to everything that folds or scrolls, Enter unfolds, and the arrow scrolls."""
    found, reached = [], set()
    wanted = browser.run(NUMBERED)
    for _ in range(4 * len(wanted) + 4):
        browser.press("Tab", 9)
        at = browser.run(FOCUSED)
        if at < 0 or at in reached:
            continue
        reached.add(at)
        if wanted[at] == "SUMMARY":
            before = browser.run(SHOWN_BEHIND)
            browser.press("Enter", 13)
            if before or not browser.run(SHOWN_BEHIND):
                found.append("Enter does not unfold what is folded")
            browser.press("Enter", 13)
            if browser.run(SHOWN_BEHIND):
                found.append("Enter does not fold it again")
        else:
            browser.press("ArrowRight", 39)
            deadline = time.monotonic() + DRIVER_SECONDS
            while not browser.run(SCROLLED) and time.monotonic() < deadline:   # it glides there
                time.sleep(0.02)
            if not browser.run(SCROLLED):
                found.append("the arrow does not scroll")
    found += [f"Tab does not lead to a {name.lower()}" for number, name in enumerate(wanted) if number not in reached]
    return found


def on_paper(browser: Browser, page: pathlib.Path, screenshots: pathlib.Path | None) -> list[str]:
    found = []
    for scheme in ("light", "dark"):
        browser.show(page, PAPER, scheme, "print")
        where = f"paper, {scheme}: "
        found += [where + "faint: " + text for text in browser.run(CONTRAST)]
        if wide := browser.run(TOO_WIDE):
            found.append(f"{where}{wide} pixels wider than the sheet")
        if browser.run(SCROLLING):
            found.append(where + "commands end at the edge of the sheet")
        if browser.run(FOLDED):
            found.append(where + "something is folded away")
        if screenshots:
            browser.photograph(screenshots / f"{page.stem}-paper-{scheme}.png", PAPER)
    browser.show(page, WIDTHS["desk"], "light")
    return found


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
            found += [where + "too small in the picture: " + text for text in browser.run(SMALL.replace("LEAST", str(SMALLEST)))]
            found += [where + "one over the other in the picture: " + text for text in browser.run(OVERLAPPING)]
            found += [where + "an address in two pieces: " + text for text in browser.run(BROKEN.replace("IN_A_LIST", str(IN_A_LIST)).replace("IN_A_CARD", str(IN_A_CARD)))]
            if screenshots:
                browser.photograph(screenshots / f"{page.stem}-{name}-{scheme}.png", width)
        found += [f"{name}, keyboard: {text}" for text in by_keyboard(browser)]
    found += on_paper(browser, page, screenshots)
    if wrong := out_of_order(browser.run(OUTLINE)):
        found.append(wrong)
    if browser.run(UNNAMED):
        found.append("a picture has no name for screen readers")
    if browser.run(ACTIVE):
        found.append("there are elements that run or load something")
    return found


def samples(directory: pathlib.Path, into: pathlib.Path) -> list[pathlib.Path]:
    subprocess.run([directory / "test-report", "samples as HTML files,histories as HTML files"], env=os.environ | {"RINGBACK_WRITE_HTML": str(into)}, check=True,
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
