#!/usr/bin/env bash
# DSPy answers from a cache of its own on the disk, in later runs too.
#
# One expects: a program that is started again asks its model again, so that a run that records sees all
#   that the program asks.
# What happens: DSPy keeps each answer in a folder of the user. The second run asks nobody, and records
#   nothing; whoever has no such folder, such as CI, asks, and meets a cassette without an answer.
#   `dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=False)` turns it off.
# Seen with: dspy 3.4.1; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 500 venv/bin/pip install --quiet --disable-pip-version-check dspy==3.4.1

cat > ask.py <<'PY'
import sys, dspy
if sys.argv[1:] == ["without"]:
    dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=False)
print(dspy.LM("openai/m")("Name a river."))
PY
cat > check.py <<'PY'
import json, os, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

asked = 0

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        global asked
        self.rfile.read(int(self.headers["content-length"]))
        asked += 1
        body = json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": f"answer {asked}"}}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "OPENAI_API_KEY": "test",
               "OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1"}
counts = []
for run in ([], [], ["without"]):
    said = subprocess.run(["venv/bin/python", "ask.py", *run], check=True, timeout=120, env=environment, capture_output=True, text=True).stdout
    counts.append(asked)
    print("with its cache" if not run else "without it", "it has asked", asked, "times in all, and says", said.strip())
sys.exit(0 if counts == [1, 1, 2] else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 400 venv/bin/python check.py
