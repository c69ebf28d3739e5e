#!/usr/bin/env bash
# Pydantic AI makes up ids for Gemini's tool calls and sends them, new ones in every run.
#
# One expects: the same program, given the same answers, sends the same requests. Gemini's answer
#   names no id for a function call, so none goes back.
# What happens: the second request carries `"id": "pyd_ai_<random>"` in `functionCall` and in
#   `functionResponse`. Its body is new in each run, so a recorder that compares bodies as they are
#   replays the first turn and misses the second. (The ids agree with each other within a request:
#   comparing up to renaming finds it.)
# Seen with: pydantic-ai-slim 2.62.0, google-genai 3.6.1; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check \
  'pydantic-ai-slim[google]==2.62.0' google-genai==3.6.1

cat > check.py <<'PY'
import json, re, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pydantic_ai import Agent
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider

bodies = []
CALL = {"functionCall": {"name": "add", "args": {"a": 1, "b": 2}}}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        bodies.append(self.rfile.read(int(self.headers["content-length"])).decode())
        part = {"text": "3"} if "functionResponse" in bodies[-1] else CALL
        body = json.dumps({"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}],
                           "responseId": "r", "modelVersion": "m"}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
provider = GoogleProvider(api_key="test", base_url=f"http://127.0.0.1:{server.server_port}")
for _ in range(2):
    Agent(GoogleModel("gemini-2.5-flash", provider=provider), tools=[add]).run_sync("What is 1+2?")

first, second, first_again, second_again = bodies
ids = [re.findall(r'"id": ?"(\w+)"', body) for body in (second, second_again)]
print("first requests of two runs are the same:", first == first_again)
print("second requests of two runs are the same:", second == second_again)
for number, found in enumerate(ids, 1):
    print(f"ids in the second request of run {number}: {found}")
made_up = all(len(found) == 2 and len(set(found)) == 1 and found[0].startswith("pyd_ai_") for found in ids)
as_described = first == first_again and made_up and ids[0] != ids[1]
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 120 venv/bin/python check.py
