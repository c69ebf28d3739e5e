#!/usr/bin/env bash
# Pydantic AI's `run_sync` asks Anthropic for a stream.
#
# One expects: `run_sync` without streaming sends a request without streaming, and its recording
#   holds one JSON answer; a stub may answer with JSON.
# What happens: unless the program sets `max_tokens`, it sends the model's maximum (64000), and since
#   the SDK refuses to wait that long for one answer, `"stream": true` with it. A stub's JSON answer is
#   then an error, and setting `max_tokens` later turns every stream recorded so far into a miss.
# Seen with: pydantic-ai-slim 2.62.0, anthropic 2.14.0; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check \
  'pydantic-ai-slim[anthropic]==2.62.0' anthropic==2.14.0

cat > check.py <<'PY'
import json, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

seen = []
MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
           "content": [{"type": "text", "text": "hello"}], "usage": {"input_tokens": 1, "output_tokens": 1}}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        seen.append({"stream": request.get("stream"), "max_tokens": request["max_tokens"]})
        body = json.dumps(MESSAGE).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = anthropic.AsyncAnthropic(
    base_url=f"http://127.0.0.1:{server.server_port}", api_key="test", max_retries=0)
agent = Agent(AnthropicModel("claude-sonnet-4-5", provider=AnthropicProvider(anthropic_client=client)))

outcomes = []
for settings in ({}, {"max_tokens": 500}):
    try:
        outcomes.append(agent.run_sync("hello", model_settings=settings).output)
    except Exception as error:
        outcomes.append(type(error).__name__)
    print(f"run_sync with {settings}: sent {seen[-1]}; a JSON answer gives {outcomes[-1]!r}")
as_described = (
    seen == [{"stream": True, "max_tokens": 64000}, {"stream": False, "max_tokens": 500}]
    and outcomes == ["UnexpectedModelBehavior", "hello"])
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 120 venv/bin/python check.py
