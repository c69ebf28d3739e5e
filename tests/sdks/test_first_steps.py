"""The way of a newcomer, as `docs/sdks.md` has it: its programs and its commands, with `stand_in.py` for the provider."""
import pathlib
import re
import shlex
import subprocess
import sys

import pytest

import stand_in
import test_sdks

PAGE = (test_sdks.HERE.parent.parent / "docs/sdks.md").read_text()


def section(title):
    """The program of a section, its name, and the commands."""
    text = re.search(rf"^## {title}\n(.*?)^## ", PAGE, re.M | re.S)[1]
    program, commands = re.findall(r"^```\w+\n(.*?)^```$", text, re.M | re.S)
    name = re.match(r"(?:#|//) (\S+)\n", program)[1]
    return name, program, [shlex.split(line, comments=True) for line in commands.splitlines()]


@pytest.mark.parametrize("title", ["Python", "JavaScript"])
def test_a_newcomer_has_a_replayed_answer_after_five_commands_at_most(title, tmp_path):
    if title == "JavaScript" and "node" not in test_sdks.here():
        pytest.skip("Node's packages are not installed")
    name, program, commands = section(title)
    assert len(commands) <= 5
    # Both are done: this is where they were installed.
    assert [command[:2] for command in commands[:2]] in ([["cargo", "install"], [tool, "install"]] for tool in ("pip", "npm"))
    (tmp_path / name).write_text(program)
    if title == "JavaScript":
        (tmp_path / "node_modules").symlink_to(test_sdks.HERE / "node/node_modules")
    programs = {"llm-cassette": pathlib.Path(test_sdks.PROGRAM).resolve(), "python": sys.executable}

    behind = stand_in.start(test_sdks.REAL_KEY)
    upstream = f"--upstream=openai=http://127.0.0.1:{behind.server_port}"

    def said(command, **more):
        words = [str(programs.get(word, word)) for word in command]
        ran = subprocess.run(words, cwd=tmp_path, env=test_sdks.environment(**more), capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    record, replay = commands[2:]
    assert record[:2] == replay[:2] == ["llm-cassette", "run"]
    recorded = said([*record[:2], upstream, *record[2:]], OPENAI_API_KEY=test_sdks.REAL_KEY)
    asked = len(behind.asked)
    behind.shutdown()
    assert recorded == "1. Name three rivers.: Danube, Loire, Tagus\n"
    assert said(replay) == recorded
    assert asked == 1
