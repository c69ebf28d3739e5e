#!/usr/bin/env bash
# LiteLLM gives Anthropic's answers other ids, new ones each time.
#
# One expects: the same answer of the provider, replayed, gives a program the same response: its id is
#   the provider's, or made from it, as LiteLLM does with OpenAI's.
# What happens: the id of Anthropic's message is in none of LiteLLM's responses. `completion` has a
#   random `chatcmpl-…`; `responses` has that too, in another form streamed (`resp_` and base64) than
#   whole, and a random id for each item beside it. A replay that is exact to the byte gives a new id
#   in each run: a test must not compare it, and a log cannot be traced back to the recording by it.
# Seen with: litellm 1.110.2; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 500 venv/bin/pip install --quiet --disable-pip-version-check litellm==1.110.2

cat > check.py <<'PY'
import base64, json, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

MESSAGE = {"id": "msg_the_one", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
           "stop_sequence": None, "content": [{"type": "text", "text": "hello"}],
           "usage": {"input_tokens": 1, "output_tokens": 1}}
EVENTS = [
    {"type": "message_start", "message": {**MESSAGE, "content": [], "stop_reason": None}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hello"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 1}},
    {"type": "message_stop"},
]

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        streamed = json.loads(self.rfile.read(int(self.headers["content-length"]))).get("stream")
        body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in EVENTS)
        body = (body if streamed else json.dumps(MESSAGE)).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streamed else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
options = {"model": "anthropic/claude-sonnet-4-5", "api_base": f"http://127.0.0.1:{server.server_port}", "api_key": "test"}

def completion():
    return [litellm.completion(messages=[{"role": "user", "content": "hello"}], **options).id]

def whole():
    response = litellm.responses(input="hello", **options)
    return [response.id, response.output[0].id]

def streamed():
    last = [event for event in litellm.responses(input="hello", stream=True, **options)][-1].response
    return [last.id, last.output[0].id]

def hides(found):
    decoded = base64.b64decode(found.removeprefix("resp_")).decode() if found.startswith("resp_") else ""
    return "msg_the_one" in found + decoded

as_described = True
for name, ask, begins in [("completion", completion, ["chatcmpl-"]), ("responses", whole, ["chatcmpl-", "msg_"]),
                          ("responses, streamed", streamed, ["resp_", "msg_"])]:
    first, second = ask(), ask()
    print(f"{name}: {first}, and for the same answer again {second}")
    as_described &= all(one != other for one, other in zip(first, second))
    as_described &= all(found.startswith(begin) and not hides(found) for found, begin in zip(first, begins))
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" LITELLM_LOCAL_MODEL_COST_MAP=True timeout 200 venv/bin/python check.py
