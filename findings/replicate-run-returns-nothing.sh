#!/usr/bin/env bash
# Replicate's `run` returns nothing for a prediction that is still being made.
#
# One expects: `run` waits until a prediction has succeeded or failed, and returns its output. It sends
#   `Prefer: wait`, to which the API may answer with a prediction that is not done yet; then `run` asks
#   for it again.
# What happens: it asks again for the status `starting` alone. For `processing`, which is what the API
#   answers for a model that takes longer than the wait, both SDKs return null or None at once, without
#   an error and without a second request. What was recorded then replays as an empty answer, and a
#   recording with the whole sequence (starting, processing, succeeded) does not.
# Seen with: replicate 1.0.7 (Python), replicate 1.4.0 (JavaScript); 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 300 venv/bin/pip install --quiet --disable-pip-version-check replicate==1.0.7
timeout 300 npm install --silent --no-audit --no-fund --prefix js replicate@1.4.0

cat > run.py <<'PY'
import json, sys, replicate
client = replicate.Client(api_token="test", base_url=sys.argv[1])
print(json.dumps(client.run("owner/model", input={"prompt": "hello"})))
PY
cat > js/run.mjs <<'JS'
import Replicate from 'replicate'
const client = new Replicate({ auth: 'test', baseUrl: process.argv[2] + '/v1' })
console.log(JSON.stringify(await client.run('owner/model', { input: { prompt: 'hello' } })))
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append(("POST", self.headers["prefer"]))
        self.answer(201, self.server.first)

    def do_GET(self):
        self.server.seen.append(("GET", self.headers["prefer"]))
        self.answer(200, "succeeded")

    def answer(self, status, state):
        body = json.dumps({"id": "p1", "model": "owner/model", "version": "v", "input": {"prompt": "hello"}, "logs": "",
                           "error": None, "created_at": "2026-12-01T00:00:00Z", "status": state,
                           "output": "hello" if state == "succeeded" else None, "urls": {
                               "get": f"http://127.0.0.1:{self.server.server_port}/v1/predictions/p1",
                               "cancel": f"http://127.0.0.1:{self.server.server_port}/v1/predictions/p1/cancel"}}).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

def run(command, first):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.first, server.seen = first, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    done = subprocess.run([*command, f"http://127.0.0.1:{server.server_port}"], check=True, timeout=60,
                          stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout), server.seen

as_described = True
asked, again = ("POST", "wait"), ("GET", None)
for name, command in [("Python", ["venv/bin/python", "run.py"]), ("JavaScript", ["node", "js/run.mjs"])]:
    for first, expected in [("starting", ("hello", [asked, again])), ("processing", (None, [asked]))]:
        outcome = run(command, first)
        print(f"{name}, first answer `{first}`: run returns {outcome[0]!r}, requests {outcome[1]}")
        as_described &= outcome == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 300 venv/bin/python check.py
