#!/usr/bin/env bash
# Pydantic describes a Decimal in another way in 2.11, 2.12 and 2.14, and with it each tool that has one.
#
# One expects: the JSON schema of an unchanged model, and so the tools and response formats that frameworks
#   send, is the same from minor version to minor version of pydantic.
# What happens: for the usual types it is (numbers, texts, dates, enums, unions, nested models). A Decimal got
#   a `pattern` in 2.12 and lost it again in 2.14, and an argument of a function that is a model lost its
#   `title` in 2.12. A program with a price among its tools' arguments sends another request after each.
# Seen with: pydantic 2.11.10, 2.12.5, 2.13.5 and 2.14.4; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
for version in 2.11.10 2.12.5 2.13.5 2.14.4; do
  timeout 300 venv/bin/pip install --quiet --disable-pip-version-check --target "$version" "pydantic==$version"
done

cat > schema.py <<'PY'
import datetime, decimal, enum, json, typing, uuid

from pydantic import BaseModel, Field, TypeAdapter

class Colour(enum.Enum):
    RED = "red"

class Inner(BaseModel):
    """Another model."""
    share: float = 1.0

class Usual(BaseModel):
    """A model."""
    count: int = Field(ge=0, le=10)
    name: str = Field(description="A name.", min_length=1)
    note: typing.Optional[str] = None
    either: int | str
    kind: typing.Literal["a", "b"]
    day: datetime.date
    at: datetime.datetime
    id: uuid.UUID
    colour: Colour
    inner: Inner
    more: list[Inner] = []
    table: dict[str, int] = {}
    pair: tuple[int, str]

class Price(BaseModel):
    price: decimal.Decimal

def tool(inner: Inner):
    """A tool."""

print(json.dumps([Usual.model_json_schema(), Price.model_json_schema()["properties"]["price"],
                  TypeAdapter(tool).json_schema()["properties"]["inner"]]))
PY
cat > check.py <<'PY'
import json, os, subprocess, sys

VERSIONS = ("2.11.10", "2.12.5", "2.13.5", "2.14.4")
schemas = {}
for version in VERSIONS:
    done = subprocess.run([sys.executable, "schema.py"], check=True, timeout=60, stdout=subprocess.PIPE,
                          env={**os.environ, "PYTHONPATH": version})
    schemas[version] = json.loads(done.stdout)
    print(f"pydantic {version}: a Decimal is {json.dumps(schemas[version][1])}, an argument {json.dumps(schemas[version][2])}")
usual, decimals, arguments = zip(*(schemas[version] for version in VERSIONS))
has_pattern = ["pattern" in json.dumps(one) for one in decimals]
print("the usual types are described alike:", all(one == usual[0] for one in usual))
as_described = (
    all(one == usual[0] for one in usual) and has_pattern == [False, True, True, False] and decimals[0] == decimals[3]
    and ["title" in one for one in arguments] == [True, False, False, False])
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 150 venv/bin/python check.py
