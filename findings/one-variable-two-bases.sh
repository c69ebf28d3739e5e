#!/usr/bin/env bash
# One variable for the base URL means different URLs to different SDKs.
#
# One expects: a program whose environment points `ANTHROPIC_BASE_URL` or `TOGETHER_BASE_URL` at a proxy
#   reaches the same paths there with whatever SDK reads the variable.
# What happens: Anthropic's SDK adds `/v1/messages` to the base, Vercel's provider for the same API only
#   `/messages`; Together's Python SDK adds `/v1/chat/completions`, its JavaScript twin
#   `/chat/completions`. Whatever value is right for one gives the other a 404 or a `/v1/v1`, so an
#   environment with both needs a proxy that takes both paths.
# Seen with: anthropic 2.14.0, together 3.1.1 (Python), @ai-sdk/anthropic 3.0.140 with ai 6.0.326,
#   together-ai 0.52.0 (JavaScript); 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check anthropic==2.14.0 together==3.1.1
timeout 300 npm install --silent --no-audit --no-fund ai@6.0.326 @ai-sdk/anthropic@3.0.140 together-ai@0.52.0

cat > ask_anthropic.py <<'PY'
import anthropic
anthropic.Anthropic(max_retries=0).messages.create(model="m", max_tokens=5, messages=[{"role": "user", "content": "hello"}])
PY
cat > ask_together.py <<'PY'
import together
together.Together(max_retries=0).chat.completions.create(model="m", messages=[{"role": "user", "content": "hello"}])
PY
cat > ask_anthropic.mjs <<'JS'
import { generateText } from 'ai'
import { anthropic } from '@ai-sdk/anthropic'
await generateText({ model: anthropic('m'), prompt: 'hello', maxRetries: 0 })
JS
cat > ask_together.mjs <<'JS'
import Together from 'together-ai'
await new Together({ maxRetries: 0 }).chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hello' }] })
JS
cat > check.py <<'PY'
import json, os, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = []
# The answers of both protocols at once: each SDK reads its own.
ANSWER = {"id": "1", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "hello"}],
          "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1}, "object": "chat.completion", "created": 1,
          "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello"}}]}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        seen.append(self.path)
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/base"
environment = {**os.environ, "ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "test", "TOGETHER_BASE_URL": url, "TOGETHER_API_KEY": "test"}
as_described = True
for variable, command, expected in [
    ("ANTHROPIC_BASE_URL", ["venv/bin/python", "ask_anthropic.py"], "/base/v1/messages"),
    ("ANTHROPIC_BASE_URL", ["node", "ask_anthropic.mjs"], "/base/messages"),
    ("TOGETHER_BASE_URL", ["venv/bin/python", "ask_together.py"], "/base/v1/chat/completions"),
    ("TOGETHER_BASE_URL", ["node", "ask_together.mjs"], "/base/chat/completions"),
]:
    subprocess.run(command, check=True, timeout=120, env=environment)
    print(f"{variable}=…/base, {command[1]}: POST {seen[-1]}")
    as_described &= seen[-1] == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 400 venv/bin/python check.py
