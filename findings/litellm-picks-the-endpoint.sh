#!/usr/bin/env bash
# LiteLLM chooses itself which of OpenAI's endpoints a request goes to.
#
# One expects: what was asked in the form of chat completions goes to `/chat/completions`, and so does
#   what was asked in Anthropic's form, since that is what every server of OpenAI's form has.
# What happens: Anthropic's form goes to `/responses`, for any model and any base URL, with
#   `max_tokens: 10` as `max_output_tokens: 16` and with an `include` that nobody asked for. A chat
#   completion with tools and `reasoning_effort` goes to `/responses` for some names of models (gpt-5.4,
#   gpt-5.2-codex) and to `/chat/completions` for others (gpt-5, o3). So a recording has another endpoint
#   and another body than the code says, and a new model's name alone can change both.
# Seen with: litellm 1.110.2; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 500 venv/bin/pip install --quiet --disable-pip-version-check litellm==1.110.2

cat > check.py <<'PY'
import asyncio, json, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

seen = []
USAGE = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
TEXT = {"type": "output_text", "text": "hello", "annotations": []}
ANSWERS = {
    "/v1/responses": {
        "id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": "m", "error": None,
        "incomplete_details": None, "instructions": None, "metadata": {}, "parallel_tool_calls": True, "tools": [],
        "tool_choice": "auto", "usage": USAGE,
        "output": [{"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [TEXT]}]},
    "/v1/chat/completions": {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello"}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}},
}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        seen.append((self.path, json.loads(self.rfile.read(int(self.headers["content-length"])))))
        body = json.dumps(ANSWERS[self.path]).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
options = {"api_base": f"http://127.0.0.1:{server.server_port}/v1", "api_key": "test",
           "messages": [{"role": "user", "content": "hello"}]}
tools = [{"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}]

asyncio.run(litellm.anthropic.messages.acreate(model="openai/my-model", max_tokens=10, **options))
path, body = seen[-1]
print("Anthropic's form, max_tokens 10:", path, json.dumps({name: body.get(name) for name in ("max_output_tokens", "include")}))
as_described = path == "/v1/responses" and body["max_output_tokens"] == 16 and bool(body.get("include"))
for model, expected in [("gpt-5.4", "/v1/responses"), ("gpt-5.2-codex", "/v1/responses"),
                        ("gpt-5", "/v1/chat/completions"), ("o3", "/v1/chat/completions")]:
    litellm.completion(model=f"openai/{model}", tools=tools, reasoning_effort="low", **options)
    print("a chat completion of", model, "with tools and reasoning_effort:", seen[-1][0])
    as_described &= seen[-1][0] == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" LITELLM_LOCAL_MODEL_COST_MAP=True timeout 200 venv/bin/python check.py
