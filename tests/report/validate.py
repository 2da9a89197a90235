"""Validates documents against a JSON Schema (draft 2020-12): validate.py SCHEMA DOCUMENT...  Of NAME.jsonl each line is one."""
import datetime
import json
import os
import sys

from jsonschema import Draft202012Validator, FormatChecker

checker = FormatChecker()


@checker.checks("date-time", raises=ValueError)
def is_date_time(value):
    """The package brings no check of its own for this format."""
    if isinstance(value, str):
        datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
    return True


with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema, format_checker=checker)


def say(name, text):
    places = sorted({"/" + "/".join(str(part) for part in error.absolute_path) for error in validator.iter_errors(json.loads(text))})
    print(f"{name}: {', '.join(places) or 'valid'}")


for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        if not path.endswith(".jsonl"):
            say(os.path.basename(path), file.read())
            continue
        for number, line in enumerate(file, 1):
            say(f"{os.path.basename(path)}:{number}", line)
