#!/usr/bin/env bash
# Google's SDKs call the bytes of an uploaded file JSON, and disagree on where they go.
#
# One expects: the request that carries a file has the file's media type, or none, and goes to the
#   base URL that the client was given, whatever the language.
# What happens: the raw bytes go out with `Content-Type: application/json`; the file's own type is in
#   `X-Goog-Upload-Header-Content-Type` (Python) or was in the request before alone (JavaScript). A
#   recorder that parses what is labelled JSON fails on it. JavaScript stays with the base URL and sends
#   the API key; Python goes to the host that `X-Goog-Upload-URL` of the answer names, without the key:
#   behind a replaying base URL it sends the file to the real host.
# Seen with: google-genai 3.6.1 (Python), @google/genai 2.32.0 (JavaScript); 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 300 venv/bin/pip install --quiet --disable-pip-version-check google-genai==3.6.1
timeout 300 npm install --silent --no-audit --no-fund --prefix js @google/genai@2.32.0

cat > upload.py <<'PY'
import io, sys
from google import genai
client = genai.Client(api_key="test", http_options={"base_url": sys.argv[1]})
client.files.upload(file=io.BytesIO(b"plain text"), config={"mime_type": "text/plain"})
PY
cat > js/upload.mjs <<'JS'
import { GoogleGenAI } from '@google/genai'
const client = new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: process.argv[2] } })
await client.files.upload({ file: new Blob(['plain text']), config: { mimeType: 'text/plain' } })
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = []

class Handler(BaseHTTPRequestHandler):
    """The base URL's server opens an upload and names the other one for the bytes."""

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["content-length"]))
        begins = self.path.startswith("/upload/")
        if not begins:
            seen.append({"to": "base URL" if self.server is base else "upload URL",
                         "content-type": self.headers["content-type"], "body": sent.decode(),
                         "x-goog-upload-header-content-type": self.headers["x-goog-upload-header-content-type"],
                         "sends the key": self.headers["x-goog-api-key"] is not None})
        file = {"name": "files/abc", "uri": "files/abc", "mimeType": "text/plain", "sizeBytes": "10", "state": "ACTIVE"}
        body = b"{}" if begins else json.dumps({"file": file}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("x-goog-upload-status", "active" if begins else "final")
        if begins:
            self.send_header("x-goog-upload-url", f"http://127.0.0.1:{other.server_port}/session")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

base, other = (ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2))
for server in (base, other):
    threading.Thread(target=server.serve_forever, daemon=True).start()
as_described = True
for name, command, to, own_type, sends_key in [
    ("Python", ["venv/bin/python", "upload.py"], "upload URL", "text/plain", False),
    ("JavaScript", ["node", "js/upload.mjs"], "base URL", None, True),
]:
    subprocess.run([*command, f"http://127.0.0.1:{base.server_port}"], check=True, timeout=120)
    print(f"{name}: {seen[-1]}")
    as_described &= seen[-1] == {"to": to, "content-type": "application/json", "body": "plain text",
                                 "x-goog-upload-header-content-type": own_type, "sends the key": sends_key}
sys.exit(0 if as_described and len(seen) == 2 else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 300 venv/bin/python check.py
