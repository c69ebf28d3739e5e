#!/usr/bin/env bash
# Google's Python SDK calls another path than before, and than its JavaScript sibling.
#
# One expects: `/v1beta/models/…:generateContent`, the path of the SDK so far.
# What happens: from its major version 3 on, Python's SDK calls `/v1/…` by default, with the same
#   body. JavaScript's 2.32.0, the newest for Node 20, stays with `/v1beta/…`. After the upgrade no
#   recorded request matches, and a stub that serves `/v1beta` alone answers 404. (`http_options` with
#   `api_version="v1beta"` brings the old path back.)
# Seen with: google-genai 2.34.0 and 3.6.1 (Python), @google/genai 2.32.0; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv new
timeout 120 python3 -m venv old
timeout 300 new/bin/pip install --quiet --disable-pip-version-check google-genai==3.6.1
timeout 300 old/bin/pip install --quiet --disable-pip-version-check google-genai==2.34.0
timeout 300 npm install --silent --no-audit --no-fund --prefix js @google/genai@2.32.0

cat > ask.py <<'PY'
import sys
from google import genai
options = {"base_url": sys.argv[1]}
if len(sys.argv) > 2:
    options["api_version"] = sys.argv[2]
client = genai.Client(api_key="test", http_options=options)
client.models.generate_content(model="m", contents="hello")
PY
cat > js/ask.mjs <<'JS'
import { GoogleGenAI } from '@google/genai'
const client = new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: process.argv[2] } })
await client.models.generateContent({ model: 'm', contents: 'hello' })
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = []

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        seen.append((self.path, request))
        body = json.dumps({"candidates": [{"content": {"role": "model", "parts": [{"text": "hello"}]},
                                           "finishReason": "STOP"}]}).encode()
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
old, new = "/v1beta/models/m:generateContent", "/v1/models/m:generateContent"
as_described = True
for name, command, expected in [
    ("Python 2.34.0", ["old/bin/python", "ask.py", url], old),
    ("Python 3.6.1", ["new/bin/python", "ask.py", url], new),
    ("Python 3.6.1 with api_version", ["new/bin/python", "ask.py", url, "v1beta"], old),
    ("JavaScript 2.32.0", ["node", "js/ask.mjs", url], old),
]:
    subprocess.run(command, check=True, timeout=120)
    print(f"{name}: POST {seen[-1][0]}")
    as_described &= seen[-1][0] == expected and seen[-1][1] == seen[0][1]
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 500 new/bin/python check.py
