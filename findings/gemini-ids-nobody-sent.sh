#!/usr/bin/env bash
# Three frameworks make up ids for Gemini's tool calls and send them, new ones in every run.
#
# One expects: the same program, given the same answers, sends the same requests. Gemini's answer
#   names no id for a function call, so none goes back, as with Google's own SDK.
# What happens: the second request carries a random `id` in `functionCall` and in `functionResponse`:
#   `pyd_ai_…` from Pydantic AI, `tooluse_…` from Strands, 16 letters and digits from the AI SDK. Its
#   body is new in each run, so a recorder that compares bodies as they are replays the first turn and
#   misses the second. (The ids agree with each other within a request: comparing up to renaming
#   finds it.)
# Seen with: pydantic-ai-slim 2.62.0 with google-genai 3.6.1, strands-agents 1.62.0 with google-genai
#   2.34.0, ai 6.0.326 with @ai-sdk/google 3.0.141; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv pydantic
timeout 120 python3 -m venv strands
timeout 400 pydantic/bin/pip install --quiet --disable-pip-version-check \
  'pydantic-ai-slim[google]==2.62.0' google-genai==3.6.1
timeout 400 strands/bin/pip install --quiet --disable-pip-version-check \
  'strands-agents[gemini]==1.62.0' google-genai==2.34.0
timeout 300 npm install --silent --no-audit --no-fund --prefix js ai@6.0.326 @ai-sdk/google@3.0.141 zod@4.6.7

cat > ask_pydantic.py <<'PY'
import sys
from pydantic_ai import Agent
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider

def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b

provider = GoogleProvider(api_key="test", base_url=sys.argv[1])
Agent(GoogleModel("gemini-2.5-flash", provider=provider), tools=[add]).run_sync("What is 1+2?")
PY
cat > ask_strands.py <<'PY'
import sys
from strands import Agent, tool
from strands.models.gemini import GeminiModel

@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b

model = GeminiModel(client_args={"api_key": "test", "http_options": {"base_url": sys.argv[1]}}, model_id="gemini-2.5-flash")
Agent(model=model, tools=[add], callback_handler=None)("What is 1+2?")
PY
cat > js/ask.mjs <<'JS'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { generateText, stepCountIs, tool } from 'ai'
import { z } from 'zod'

const google = createGoogleGenerativeAI({ baseURL: process.argv[2] + '/v1beta', apiKey: 'test' })
const inputSchema = z.object({ a: z.number(), b: z.number() })
await generateText({
  model: google('gemini-2.5-flash'), prompt: 'What is 1+2?', maxRetries: 0, stopWhen: stepCountIs(2),
  tools: { add: tool({ description: 'Add two numbers.', inputSchema, execute: async ({ a, b }) => a + b }) },
})
JS
cat > check.py <<'PY'
import json, re, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

bodies = []
CALL = {"functionCall": {"name": "add", "args": {"a": 1, "b": 2}}}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        bodies.append(self.rfile.read(int(self.headers["content-length"])).decode())
        part = {"text": "3"} if "functionResponse" in bodies[-1] else CALL
        body = json.dumps({"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}],
                           "responseId": "r", "modelVersion": "m"})
        streamed = "streamGenerateContent" in self.path
        body = (f"data: {body}\r\n\r\n" if streamed else body).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streamed else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
as_described = True
for name, command, form in [
    ("Pydantic AI", ["pydantic/bin/python", "ask_pydantic.py"], r"pyd_ai_\w+"),
    ("Strands", ["strands/bin/python", "ask_strands.py"], r"tooluse_[\w-]+"),
    ("AI SDK", ["node", "js/ask.mjs"], r"[0-9A-Za-z]{16}"),
]:
    bodies.clear()
    for _ in range(2):
        subprocess.run([*command, f"http://127.0.0.1:{server.server_port}"], check=True, timeout=100)
    first, second, first_again, second_again = bodies
    ids = [re.findall(r'"id": ?"([\w-]+)"', body) for body in (second, second_again)]
    print(f"{name}: the first requests of two runs are {'the same' if first == first_again else 'different'};"
          f" ids in the second ones: {ids}")
    made_up = all(len(found) == 2 and len(set(found)) == 1 and re.fullmatch(form, found[0]) for found in ids)
    as_described &= first == first_again and made_up and ids[0] != ids[1]
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 400 pydantic/bin/python check.py
