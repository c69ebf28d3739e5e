#!/usr/bin/env bash
# Anthropic's SDKs send another API version and sign in another way than before.
#
# One expects: `x-api-key` and `anthropic-version: 2023-06-01`, as for years and as other clients
#   of the same API still send.
# What happens: Python's 2.x and JavaScript's 1.x send `Authorization: Bearer` and
#   `anthropic-version: 2026-10-21`. The version chooses the form of the answer, so recordings made
#   with the older SDK no longer match after the upgrade; a scrubber that knows only `x-api-key` and
#   a stub that asks for it see no key.
# Seen with: anthropic 2.14.0 (Python) and @anthropic-ai/sdk 1.14.0, beside anthropic 1.17.0;
#   2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv new
timeout 120 python3 -m venv old
timeout 300 new/bin/pip install --quiet --disable-pip-version-check anthropic==2.14.0
timeout 300 old/bin/pip install --quiet --disable-pip-version-check anthropic==1.17.0
timeout 300 npm install --silent --no-audit --no-fund --prefix js @anthropic-ai/sdk@1.14.0

cat > ask.py <<'PY'
import sys, anthropic
client = anthropic.Anthropic(base_url=sys.argv[1], api_key="test", max_retries=0)
client.messages.create(model="m", max_tokens=5, messages=[{"role": "user", "content": "hello"}])
PY
cat > js/ask.mjs <<'JS'
import Anthropic from '@anthropic-ai/sdk'
const client = new Anthropic({ baseURL: process.argv[2], apiKey: 'test', maxRetries: 0 })
await client.messages.create({ model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'hello' }] })
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = []

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        seen.append({name: self.headers[name] for name in ("x-api-key", "authorization", "anthropic-version")})
        body = json.dumps({"id": "msg_1", "type": "message", "role": "assistant", "model": "m",
                           "content": [{"type": "text", "text": "hello"}], "stop_reason": "end_turn",
                           "usage": {"input_tokens": 1, "output_tokens": 1}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
before = {"x-api-key": "test", "authorization": None, "anthropic-version": "2023-06-01"}
now = {"x-api-key": None, "authorization": "Bearer test", "anthropic-version": "2026-10-21"}
as_described = True
for name, command, expected in [
    ("Python 1.17.0", ["old/bin/python", "ask.py"], before),
    ("Python 2.14.0", ["new/bin/python", "ask.py"], now),
    ("JavaScript 1.14.0", ["node", "js/ask.mjs"], now),
]:
    subprocess.run([*command, url], check=True, timeout=120)
    print(f"{name}: {seen[-1]}")
    as_described &= seen[-1] == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 400 new/bin/python check.py
