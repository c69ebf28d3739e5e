#!/usr/bin/env bash
# LiteLLM leaves documented fields out of requests, without an error or a warning.
#
# One expects: a field that the provider knows reaches it, and one that LiteLLM does not know is passed
#   on or refused (`UnsupportedParamsError`, unless `drop_params` is set).
# What happens: in chat completions for OpenAI `metadata` is not sent, not even with `store`, and
#   `user` only if LiteLLM knows the name of the model; an invented field is. In Anthropic's form to
#   Anthropic `user_profile_id` and `diagnostics` are left out, and invented fields are too. What a
#   program sets there is in no recording, and requests that differ in it alone are the same request.
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
ANSWERS = {
    "/v1/chat/completions": {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello"}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}},
    "/v1/messages": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
        "stop_sequence": None, "content": [{"type": "text", "text": "hello"}],
        "usage": {"input_tokens": 1, "output_tokens": 1}},
}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        seen.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
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
url = f"http://127.0.0.1:{server.server_port}"
messages = [{"role": "user", "content": "hello"}]
chat = {"user": "u", "metadata": {"a": "b"}, "store": True, "seed": 1, "invented": 1}
native = {"service_tier": "auto", "inference_geo": "us", "user_profile_id": "p",
          "diagnostics": {"previous_message_id": None}, "invented": 1}

def left_out(given):
    return sorted(name for name in given if name not in seen[-1])

as_described = True
for model, expected in [("gpt-4o", ["metadata"]), ("my-model", ["metadata", "user"])]:
    litellm.completion(model=f"openai/{model}", api_base=f"{url}/v1", api_key="test", messages=messages, **chat)
    print(f"chat completion of {model}: of {sorted(chat)} it leaves out {left_out(chat)}")
    as_described &= left_out(chat) == expected
asyncio.run(litellm.anthropic.messages.acreate(
    model="anthropic/claude-sonnet-4-5", api_base=url, api_key="test", max_tokens=10, messages=messages, **native))
print(f"Anthropic's form to Anthropic: of {sorted(native)} it leaves out {left_out(native)}")
as_described &= left_out(native) == ["diagnostics", "invented", "user_profile_id"]
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" LITELLM_LOCAL_MODEL_COST_MAP=True timeout 200 venv/bin/python check.py
