"""What published clients of MCP see, unmodified, when `llm-cassette serve` records and when it replays: of the protocol with a
session (2025-11-25) and of the one without (2026-07-28).
"""
import json
import re
import subprocess
import sys

import pytest

import mcp_server
from test_sdks import HERE, environment, here, serving

CLIENTS = {"python": [sys.executable, HERE / "python/mcp_client.py"], "node": ["node", HERE / "node/mcp_client.mjs"]}
HOST = "mcp.example.com"


def saw(language, server, name, protocol, *texts):
    url = f"{server.url}/@{name}/{HOST}/{protocol}"
    run = subprocess.run([*CLIENTS[language], url, *texts], env=environment(), capture_output=True, text=True, timeout=90)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def cases():
    for language in CLIENTS:
        missing = pytest.mark.skipif(language not in here(), reason="Node's packages are not installed")
        for protocol in ("2025", "2026"):
            yield pytest.param(language, protocol, marks=missing, id=f"{language} {protocol}")


every_client = pytest.mark.parametrize("language, protocol", list(cases()))


@every_client
def test_a_client_that_calls_in_another_order_is_answered_under_its_own_ids(tmp_path, language, protocol):
    behind = mcp_server.start()
    with serving(tmp_path, "record", f"--upstream={HOST}=http://127.0.0.1:{behind.server_port}") as server:
        recorded = saw(language, server, "talk", protocol, "one", "two")
        server.end()
    behind.shutdown()
    assert server.code == 0, server.said
    assert recorded["tools"] == ["echo"] and "no such method" in recorded["prompts"]
    assert [json.loads(said)["said"] for said in recorded["said"]] == ["one", "two"]
    # Both ask for the newer protocol first, and fall back to the older one.
    spoken = {version for what, _, version in behind.asked if what == "tools/call"}
    assert spoken == {"2025-11-25" if protocol == "2025" else "2026-07-28"}, spoken

    # Its calls have other ids than they had, and nothing is behind the server.
    with serving(tmp_path, "replay") as server:
        replayed = saw(language, server, "talk", protocol, "two", "one")
        server.end()
    assert server.code == 0, server.said
    assert replayed == {**recorded, "said": recorded["said"][::-1]}


@every_client
def test_the_session_that_the_server_made_up_is_in_the_cassette_and_handed_out_again(tmp_path, language, protocol):
    behind = mcp_server.start()
    with serving(tmp_path, "record", f"--upstream={HOST}=http://127.0.0.1:{behind.server_port}") as server:
        saw(language, server, "talk", protocol, "one")
    behind.shutdown()
    sessions = {session for _, session, _ in behind.asked if session}
    kept = set(re.findall(r"mcp-session-id: ([0-9a-f-]+)", (tmp_path / "cassettes/talk.yaml").read_text()))
    assert kept == sessions and len(kept) == (1 if protocol == "2025" else 0)
