#!/usr/bin/env bash
# Anthropic's SDKs fetch a batch's results past their base URL, with the key.
#
# One expects: `messages.batches.results(id)` asks the base URL that the client was given, as every
#   other call does.
# What happens: the SDK asks the base URL for the batch, and then the address that its `results_url`
#   names, whatever the host, with the API key. Behind a replaying base URL this is the recorded
#   address, which is Anthropic's own: a test that replays leaves the machine, and the key with it.
#   `client.get("/v1/messages/batches/ID/results", …)` stays with the base URL.
# Seen with: anthropic 2.14.0 (Python), @anthropic-ai/sdk 1.14.0 (JavaScript); 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 300 venv/bin/pip install --quiet --disable-pip-version-check anthropic==2.14.0
timeout 300 npm install --silent --no-audit --no-fund --prefix js @anthropic-ai/sdk@1.14.0

cat > results.py <<'PY'
import sys
from anthropic import Anthropic
client = Anthropic(api_key="test", base_url=sys.argv[1])
print([one.custom_id for one in client.messages.batches.results("msgbatch_1")])
PY
cat > js/results.mjs <<'JS'
import Anthropic from '@anthropic-ai/sdk'
const client = new Anthropic({ apiKey: 'test', baseURL: process.argv[2] })
for await (const one of await client.messages.batches.results('msgbatch_1')) console.log(one.custom_id)
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = []

class Handler(BaseHTTPRequestHandler):
    """The base URL's server has the batch, which names the other one for the results."""

    def do_GET(self):
        key = self.headers["authorization"] or self.headers["x-api-key"] or ""
        seen.append(("base URL" if self.server is base else "results URL", self.path, key.split()[-1:] == ["test"]))
        if self.path.endswith("/results"):
            answer = {"custom_id": "a", "result": {"type": "canceled"}}
        else:
            counts = {"processing": 0, "succeeded": 0, "errored": 0, "canceled": 1, "expired": 0}
            answer = {"id": "msgbatch_1", "type": "message_batch", "processing_status": "ended", "request_counts": counts,
                      "created_at": "2026-12-01T00:00:00Z", "expires_at": "2026-12-02T00:00:00Z",
                      "results_url": f"http://127.0.0.1:{other.server_port}{self.path}/results"}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

base, other = (ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2))
for server in (base, other):
    threading.Thread(target=server.serve_forever, daemon=True).start()
as_described = True
batch = "/v1/messages/batches/msgbatch_1"
expected = [("base URL", batch, True), ("results URL", f"{batch}/results", True)]
for name, command in [("Python", ["venv/bin/python", "results.py"]), ("JavaScript", ["node", "js/results.mjs"])]:
    seen.clear()
    subprocess.run([*command, f"http://127.0.0.1:{base.server_port}"], timeout=100, check=True, stdout=subprocess.DEVNULL)
    print(f"{name} asks, with the key or not: {seen}")
    as_described &= seen == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 250 venv/bin/python check.py
