#!/usr/bin/env bash
# Google's Python SDK writes one request's fields in camel case and in snake case.
#
# One expects: a request of Gemini's has the names of the API's reference (`mimeType`, `thinkingBudget`,
#   `parametersJsonSchema`), as it has from Google's JavaScript SDK.
# What happens: Python writes the outer fields so, and some that stand within others in snake case, also
#   where the program itself said `mimeType`: `inlineData.mime_type`, `thinkingConfig.thinking_budget`,
#   `parameters_json_schema` of every function. The API takes both. But a recording of one language is
#   another request from the other, and a rule that names a field by its path misses it in one of them.
# Seen with: google-genai 3.6.1 (Python), @google/genai 2.32.0 (JavaScript); 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check google-genai==3.6.1
timeout 300 npm install --silent --no-audit --no-fund --prefix js @google/genai@2.32.0

cat > ask.py <<'PY'
import sys
from google import genai
client = genai.Client(api_key="test", http_options={"base_url": sys.argv[1]})
client.models.generate_content(
    model="gemini-2.5-flash",
    contents=[{"role": "user", "parts": [{"inlineData": {"mimeType": "image/png", "data": b"picture"}}]}],
    config={"systemInstruction": "Be brief.", "maxOutputTokens": 10, "thinkingConfig": {"thinkingBudget": 0},
            "tools": [{"functionDeclarations": [{"name": "look", "parametersJsonSchema": {"type": "object"}}]}]})
PY
cat > js/ask.mjs <<'JS'
import { GoogleGenAI } from '@google/genai'
const client = new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: process.argv[2] } })
const data = Buffer.from('picture').toString('base64')
await client.models.generateContent({
  model: 'gemini-2.5-flash', contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data } }] }],
  config: { systemInstruction: 'Be brief.', maxOutputTokens: 10, thinkingConfig: { thinkingBudget: 0 },
    tools: [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: { type: 'object' } }] }] },
})
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

bodies = []

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        body = json.dumps({"candidates": [{"content": {"role": "model", "parts": [{"text": "hello"}]}, "finishReason": "STOP"}],
                           "responseId": "r", "modelVersion": "m"}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

def names(value):
    """The names of fields with more than one word."""
    if isinstance(value, list):
        return set().union(*map(names, value))
    if isinstance(value, dict):
        return {name for name in value if name != name.lower() or "_" in name}.union(*map(names, value.values()))
    return set()

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
outer = {"systemInstruction", "generationConfig", "maxOutputTokens", "inlineData", "thinkingConfig", "functionDeclarations"}
as_described = True
for name, command, inner in [
    ("Python", ["venv/bin/python", "ask.py"], {"mime_type", "thinking_budget", "parameters_json_schema"}),
    ("JavaScript", ["node", "js/ask.mjs"], {"mimeType", "thinkingBudget", "parametersJsonSchema"}),
]:
    subprocess.run([*command, f"http://127.0.0.1:{server.server_port}"], check=True, timeout=60)
    print(f"{name} sends {json.dumps(bodies[-1])}")
    as_described &= names(bodies[-1]) == outer | inner
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 150 venv/bin/python check.py
