#!/usr/bin/env python3
"""Writes src/redact/shapes/maintained/table.rs: shapes of keys, from a set of rules that others maintain.

The rules are those of Betterleaks (MIT), as the crate `kingfisher-rules` carries them unchanged, with the revision that they are
of. To bring the table up to date: change VERSION to what `cargo info kingfisher-rules` shows, run this file from the root of a
clone, look at the difference, and run the tests.

Taken over are the rules that need nothing around a key: those whose match begins with a text that tells it. Each becomes a
prefix and what follows it, runs of bytes of a kind and texts between them, which need no regular expression and are read in one
go. What is left out, and why, is printed.
"""

import gzip, json, os, pathlib, re, subprocess, sys, tarfile, tomllib
import re._parser as sre
from re._constants import (ANY, AT, BRANCH, CATEGORY, IN, LITERAL, MAX_REPEAT, MAXREPEAT, MIN_REPEAT, NEGATE, RANGE, SUBPATTERN)

VERSION = "3.0.1"
DATE = "2026-11-30"
TABLE = pathlib.Path("src/redact/shapes/maintained/table.rs")

# Fewer bytes that could be anything, and a shape turns up in ids, hashes and prose.
LEAST_TAIL = 16
LEAST_PREFIX = 3
MOST_ALTERNATIVES = 24

# Shorter or commoner than a key may be: they say something else in other people's texts.
LEFT_OUT = {
    "twilio-api-key": "SK and 32 hexadecimal digits: a hash behind a word",
    "sonar-api-token.1": "a hash behind three letters",
    "posthog-project-api-key": "public",
}


def upstream():
    """The configuration of Betterleaks, and where the crate has it from."""
    subprocess.run(["cargo", "info", "--quiet", f"kingfisher-rules@{VERSION}"], check=True, stdout=subprocess.DEVNULL)
    home = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
    crate = next(home.glob(f"registry/cache/*/kingfisher-rules-{VERSION}.crate"))
    with tarfile.open(crate) as files:
        sources = json.load(gzip.open(files.extractfile(f"kingfisher-rules-{VERSION}/generated/upstream-sources.json.gz")))
    source = next(url for url in sources if url.endswith("/config/betterleaks.toml"))
    return source, tomllib.loads(sources[source])


def scoped(pattern):
    """`(?i)` in the midst of a pattern holds to the end of its group, which Python writes otherwise."""
    at = pattern.find("(?i)", 1)
    if at < 0:
        return pattern
    depth, end = 0, at + 4
    while end < len(pattern):
        if pattern[end] == "\\":
            end += 1
        elif pattern[end] == "(":
            depth += 1
        elif pattern[end] == ")":
            if depth == 0:
                break
            depth -= 1
        end += 1
    return scoped(pattern[:at] + "(?i:" + pattern[at + 4:end] + ")" + pattern[end:])


def tree(pattern):
    pattern = pattern.replace("[:alnum:]", "A-Za-z0-9").replace(r"\z", r"\Z").replace(r"\x60", "`")
    return sre.parse(scoped(pattern), re.ASCII)


def secret_of(parsed):
    """What the first group matches, or all of it; and whether something has to stand before it."""
    before = []
    for item in parsed:
        if item[0] is SUBPATTERN and item[1][0] is not None:
            return list(item[1][3]), flags_of(parsed, item), any(one[0] is not AT for one in before)
        before.append(item)
    return list(parsed), bool(parsed.state.flags & re.IGNORECASE), False


def flags_of(parsed, item):
    return bool((parsed.state.flags | item[1][1]) & re.IGNORECASE)


class Unsuited(Exception):
    pass


def bytes_of(items, any_case):
    found = set()
    for kind, value in items:
        if kind is LITERAL:
            found.add(value)
        elif kind is RANGE:
            found |= set(range(value[0], value[1] + 1))
        elif kind is CATEGORY and str(value) == "CATEGORY_DIGIT":
            found |= set(b"0123456789")
        elif kind is CATEGORY and str(value) == "CATEGORY_WORD":
            found |= set(b"0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        else:
            raise Unsuited(f"a class with {kind} {value}")
    if any_case:
        found |= {ord(chr(one).swapcase()) for one in found if chr(one).isalpha()}
    # A backslash begins an escape of JSON, of which half would be cut off.
    return frozenset(one for one in found if one < 128 and one != ord("\\"))


def sequences(items, any_case):
    """All ways to read a pattern without alternatives: lists of (bytes, least, most)."""
    ways = [[]]
    for kind, value in items:
        if kind is AT:
            continue
        if kind is LITERAL:
            steps = [[(bytes_of([(kind, value)], any_case), 1, 1)]]
        elif kind is IN:
            steps = [[(bytes_of(value, any_case), 1, 1)]]
        elif kind is SUBPATTERN:
            steps = sequences(value[3], any_case or bool(value[1] & re.IGNORECASE) and not value[2] & re.IGNORECASE)
        elif kind is BRANCH:
            steps = [way for one in value[1] for way in sequences(one, any_case)]
        elif kind in (MAX_REPEAT, MIN_REPEAT):
            least, most, inner = value
            inner = sequences(inner, any_case)
            if len(inner) == 1 and len(inner[0]) == 1 and inner[0][0][1:] == (1, 1):
                steps = [[(inner[0][0][0], least, None if most is MAXREPEAT else int(most))]]
            elif most is not MAXREPEAT and most <= 4:
                steps = [sum(([*way] * count for way in [one]), []) for one in inner for count in range(least, int(most) + 1)]
            else:
                raise Unsuited("a group that repeats")
        else:
            raise Unsuited(str(kind))
        ways = [way + step for way in ways for step in steps]
        if len(ways) > MOST_ALTERNATIVES:
            raise Unsuited("too many alternatives")
    return ways


def joined(way):
    """Neighbours of the same bytes as one, and nothing that is empty."""
    out = []
    for one, least, most in way:
        if most == 0:
            continue
        if out and out[-1][0] == one and not (len(one) == 1):
            _, a, b = out[-1]
            out[-1] = (one, a + least, None if most is None or b is None else b + most)
        else:
            out.append((one, least, most))
    return out


def shape(way):
    """The prefix of a way, whether any case of it counts, and what follows."""
    way = joined(way)
    prefix, any_case = "", False
    while way and way[0][1:] == (1, 1) and len({chr(one).lower() for one in way[0][0]}) == 1:
        letters = way.pop(0)[0]
        any_case |= len(letters) > 1
        prefix += chr(max(letters)) if len(letters) > 1 else chr(next(iter(letters)))
    if len(prefix) < LEAST_PREFIX:
        raise Unsuited(f"begins with {prefix!r}, which tells nothing")
    if sum(least for one, least, _ in way if len(one) > 2) < LEAST_TAIL:
        raise Unsuited("too short behind its prefix")
    for (one, least, most), (then, *_) in zip(way, way[1:]):
        if least != most and one & then:
            raise Unsuited("where a run ends cannot be told by the next byte")
    return prefix, any_case, way


def ranges(letters):
    """Pairs of first and last byte."""
    out, letters = "", sorted(letters)
    start = last = letters[0]
    for one in letters[1:] + [None]:
        if one != last + 1 if one is not None else True:
            out += chr(start) + chr(last)
            start = one
        last = one
    return out


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def segment(one, least, most):
    most = "MANY" if most is None else most
    return f"Run({quoted(ranges(one))}, {least}, {most})"


def main():
    source, config = upstream()
    rows, left = {}, []
    for rule in config["rules"]:
        name = rule["id"]
        try:
            if rule.get("skipReport"):
                raise Unsuited("an id, and no secret")
            if name in LEFT_OUT:
                raise Unsuited(LEFT_OUT[name])
            if "regex" not in rule:
                raise Unsuited("no pattern")
            parsed = tree(rule["regex"])
            items, any_case, has_context = secret_of(parsed)
            for way in sequences(items, any_case):
                prefix, folds, then = shape(way)
                if has_context and (len(prefix) < 4 or prefix.isalnum()):
                    raise Unsuited("needs a word before it")
                then = ", ".join(segment(*one) for one in then)
                rows.setdefault(f"Maintained {{ prefix: {quoted(prefix)}, any_case: {str(folds).lower()}, then: &[{then}] }},", name)
        except (Unsuited, re.error) as why:
            left.append(f"{name}: {why}")
    revision = source.split("/betterleaks/betterleaks/")[1].split("/")[0]
    head = f"""// Written by scripts/secret_shapes.py; not by hand.
//
// Source: config/betterleaks.toml of Betterleaks ({config['title']}), revision {revision},
// as the crate kingfisher-rules {VERSION} carries it; taken over on {DATE}. {len(rows)} shapes of {len(config['rules'])} rules.
//
// MIT License, Copyright (c) 2026 Zachary Rice. Permission is hereby granted, free of charge, to any person obtaining a copy of
// this software and associated documentation files (the "Software"), to deal in the Software without restriction, including
// without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software,
// and to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright
// notice and this permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS
// PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
// MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
// LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR
// IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

use super::{{MANY, Maintained, Run}};

#[rustfmt::skip]
pub(super) const TABLE: &[Maintained] = &[
"""
    lines = [f"    // {name}\n    {row}\n" for row, name in rows.items()]
    TABLE.write_text(head + "".join(lines) + "];\n")
    print(f"{len(rows)} shapes; left out:", *left, sep="\n  ")


if __name__ == "__main__":
    sys.exit(main())
