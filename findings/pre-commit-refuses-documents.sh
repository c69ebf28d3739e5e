#!/usr/bin/env bash
# Two hooks of pre-commit take a valid YAML file of several documents for invalid.
#
# One expects: hooks that check and format YAML take every valid file, as yamllint does.
# What happens: `check-yaml` refuses a second document, unless it is called with
#   `--allow-multiple-documents`. `pretty-format-yaml` has no such option: where a comment stands behind
#   `---`, it says that the file is not valid YAML, and fails; where none does, it takes out every `...`. So a
#   commit with recordings that are documents of one file stops there: leave them out (`exclude`).
# Seen with: language-formatters-pre-commit-hooks 2.16.0, pre-commit-hooks 6.0.0, yamllint 1.38.0; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 300 venv/bin/pip install --quiet --disable-pip-version-check \
  language-formatters-pre-commit-hooks==2.16.0 pre-commit-hooks==6.0.0 yamllint==1.38.0

cat > check.py <<'PY'
import pathlib, subprocess, sys

PLAIN = "# recordings\n---\nkey: 1\n...\n---\nkey: 2\n...\n"
COMMENTED = "# recordings\n--- # first\nkey: 1\n...\n--- # second\nkey: 2\n...\n"
file = pathlib.Path("recordings.yaml")
as_described = True
for arguments, given, code, words, kept in [
    (["yamllint"], COMMENTED, 0, "", True),
    (["check-yaml", "--allow-multiple-documents"], COMMENTED, 0, "", True),
    (["check-yaml"], COMMENTED, 1, "expected a single document", True),
    (["pretty-format-yaml", "--autofix"], COMMENTED, 1, "is not a valid YAML file", True),
    (["pretty-format-yaml", "--autofix"], PLAIN, 1, "Fixing file", False),
]:
    file.write_text(given)
    done = subprocess.run([f"venv/bin/{arguments[0]}", *arguments[1:], file], timeout=60, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    left = file.read_text()
    print(*arguments, "ends with", done.returncode, done.stdout.splitlines()[:1], "and leaves", repr(left))
    as_described &= done.returncode == code and words in done.stdout and ("..." in left and left == given) == kept
    as_described &= kept or left.count("key:") == 2
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 100 venv/bin/python check.py
