#!/usr/bin/env bash
# LiteLLM makes up the usage of a stream whose server reports none.
#
# One expects: `stream_options: {"include_usage": true}` passes the server's usage on, and a server
#   that sends none leaves the caller with none.
# What happens: LiteLLM counts tokens itself and sends a last chunk with `usage`, a cost included,
#   which looks just like a reported one. What a program adds up, or asserts in a test, then is
#   in no recording and on no bill; the recording rightly says that no usage was reported.
# Seen with: litellm 1.110.2, openai 3.57.0; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 500 venv/bin/pip install --quiet --disable-pip-version-check litellm==1.110.2 openai==3.57.0

cat > check.py <<'PY'
import json, os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Without this, LiteLLM loads its price table from the network.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm

def event(delta, finish_reason=None):
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n"

STREAM = event({"role": "assistant", "content": "Danube, Rhine, Elbe"}) + event({}, "stop") + "data: [DONE]\n\n"

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = STREAM.encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

def usages(**options):
    chunks = litellm.completion(
        "openai/gpt-4o-mini", [{"role": "user", "content": "Name three rivers."}], stream=True,
        api_base=f"http://127.0.0.1:{server.server_port}/v1", api_key="test", num_retries=0, **options)
    return [usage for usage in (getattr(chunk, "usage", None) for chunk in chunks) if usage]

unasked, asked = usages(), usages(stream_options={"include_usage": True})
print('the server\'s stream has "usage":', "usage" in STREAM)
print("usage that the caller gets, unasked:", unasked)
print("usage that the caller gets, asked:", asked)
as_described = not unasked and len(asked) == 1 and asked[0].prompt_tokens > 0 and asked[0].completion_tokens > 0
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 120 venv/bin/python check.py
