"""`scripts/lab --test`: every household's report against the schema and the household's own expectations."""

import json
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ringlab import expectation, isolation
from ringlab.errors import LabError
from ringlab.household import Household, known_names, load

HOUSEHOLD_SECONDS = 150  # building and running one; a healthy one takes a few, more only with a hanging program


def validator(path: Path):
    import jsonschema  # here, because showing a household does not need it

    if not Path(path).is_file():
        raise LabError(f"the report's JSON Schema is missing: {path}")
    schema = json.loads(Path(path).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@dataclass
class Running:
    household: Household
    process: subprocess.Popen
    out: object  # temporary files without names: gone with the process, whatever happens
    err: object
    deadline: float


def start(household: Household, words: list[str]) -> Running:
    out, err = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")
    process = isolation.start([household.name, *words], stdin=subprocess.DEVNULL, stdout=out, stderr=err)
    return Running(household, process, out, err, time.monotonic() + HOUSEHOLD_SECONDS)


def verdict(household: Household, result: dict, schema, record: Path | None) -> tuple[str, list[str]]:
    """How long it took, and everything that is not as it should be."""
    times = f"up {result['up_seconds']:.2f} s, run {result['seconds']:.2f} s"
    try:
        report = json.loads(result["stdout"])
    except json.JSONDecodeError as error:
        return times, [f"exit status {result['exit']}, and standard output is not JSON ({error}); standard error: "
                       f"{result['stderr'].strip()[-2000:]}"]
    if record:
        (record / f"{household.name}.json").write_text(result["stdout"])
    invalid = [f"schema: {error.json_path}: {error.message}" for error in schema.iter_errors(report)]
    if invalid:  # what follows relies on the report's shape
        return times, invalid
    different = expectation.differences(report, result["exit"], household.expect, result["words"])
    return times, different + expectation.not_remedied(result.get("remedy"), household.expect)


def test(options, directory: Path) -> int:
    schema = validator(options.schema)
    if options.record:
        options.record.mkdir(parents=True, exist_ok=True)
    words = ["--bin", str(directory), "--record", "--", *options.after]
    return each(options, words, lambda household, result: verdict(household, result, schema, options.record))


def prove(options) -> int:
    return each(options, ["--prove", "--"],
                lambda _, result: (f"up {result['up_seconds']:.2f} s", result["differences"]))


def each(options, words: list[str], judge) -> int:
    """All households that were named, `options.jobs` at a time; one line for each and one for every difference."""
    waiting = [load(name) for name in options.households or known_names()]
    running: list[Running] = []
    failed = passed = 0
    while waiting or running:
        while waiting and len(running) < options.jobs:
            running.append(start(waiting.pop(0), words))
        done = [run for run in running if run.process.poll() is not None or time.monotonic() > run.deadline]
        for run in done:
            running.remove(run)
            times, lines = outcome(run, judge)
            passed, failed = passed + (not lines), failed + bool(lines)
            print(f"{'not ok' if lines else 'ok':6} {run.household.name:28} {times}", flush=True)
            for line in lines:
                print(f"         {line}", flush=True)
        if not done:
            time.sleep(0.02)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def outcome(run: Running, judge) -> tuple[str, list[str]]:
    if run.process.returncode is None:
        run.process.kill()
        run.process.wait()
        return "", [f"not done after {HOUSEHOLD_SECONDS} s"]
    run.out.seek(0), run.err.seek(0)
    if run.process.returncode != 0:
        return "", [f"the lab failed with status {run.process.returncode}: {run.err.read().strip()}"]
    return judge(run.household, json.load(run.out))
