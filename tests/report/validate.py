"""Validates documents against a JSON Schema (draft 2020-12): validate.py SCHEMA DOCUMENT..."""
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
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    places = sorted({"/" + "/".join(str(part) for part in error.absolute_path) for error in validator.iter_errors(document)})
    print(f"{os.path.basename(path)}: {', '.join(places) or 'valid'}")
