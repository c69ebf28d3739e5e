#!/usr/bin/env bash
# LiteLLM's proxy asks the provider for a usage that nobody asked it for.
#
# One expects: what a program sends through LiteLLM's proxy reaches a provider of the same form as it is,
#   as it does from LiteLLM's library, but for the model's name and the key.
# What happens: to a streamed chat completion the proxy adds `stream_options: {"include_usage": true}`,
#   and takes the chunk with the usage out of what the program gets. So recordings on both sides of
#   the proxy differ in request and answer, and neither serves the library's request. `created` of
#   each chunk is the time of the run, also in a replay; that of a whole answer stays.
# Seen with: litellm 1.108.7 with its extra `proxy`; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 580 venv/bin/pip install --quiet --disable-pip-version-check 'litellm[proxy]==1.108.7'

cat > check.py <<'PY'
import json, os, socket, subprocess, sys, threading, time, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm

seen = []
MESSAGES = [{"role": "user", "content": "hello"}]

def chunk(choices, **more):
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o", "choices": choices, **more}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        seen.append(request)
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        if request.get("stream"):
            chunks = [chunk([{"index": 0, "delta": {"role": "assistant", "content": "hello"}, "finish_reason": None}]),
                      chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}])]
            if (request.get("stream_options") or {}).get("include_usage"):
                chunks.append(chunk([], usage=usage))
            body = "".join(f"data: {json.dumps(one)}\n\n" for one in chunks) + "data: [DONE]\n\n"
        else:
            message = {"role": "assistant", "content": "hello"}
            body = json.dumps({**chunk([{"index": 0, "finish_reason": "stop", "message": message}], usage=usage),
                               "object": "chat.completion"})
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if request.get("stream") else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass

provider = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=provider.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{provider.server_port}/v1"
list(litellm.completion(model="openai/gpt-4o", api_base=base, api_key="test", messages=MESSAGES, stream=True))
from_library = seen[-1]

with open("config.json", "w") as file:  # JSON is YAML.
    json.dump({"model_list": [{"model_name": "gpt-4o", "litellm_params": {
        "model": "openai/gpt-4o", "api_base": base, "api_key": "test"}}],
        "general_settings": {"master_key": "sk-of-this-test-alone-0123456789"}}, file)
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{probe.getsockname()[1]}"
proxy = subprocess.Popen(
    ["timeout", "150", "venv/bin/litellm", "--config", "config.json", "--host", "127.0.0.1", "--port", url.rpartition(":")[2]],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

def ask(path, body=None):
    headers = {"content-type": "application/json", "authorization": "Bearer sk-of-this-test-alone-0123456789"}
    request = urllib.request.Request(url + path, body and json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.read().decode()

try:
    for _ in range(200):
        try:
            ask("/health/liveliness")
            break
        except OSError:
            time.sleep(0.5)
    asked = {"model": "gpt-4o", "messages": MESSAGES}
    whole = json.loads(ask("/v1/chat/completions", asked))
    stream = ask("/v1/chat/completions", {**asked, "stream": True})
finally:
    proxy.terminate()
    proxy.wait(20)
chunks = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: {")]
created = {one["created"] for one in chunks}
print("the library sends", json.dumps(from_library))
print("the proxy sends", json.dumps(seen[-1]))
print("chunks with a usage that the program gets:", sum("usage" in one for one in chunks))
print("`created` of the provider: 1; of a whole answer:", whole["created"], "; of the stream:", created)
as_described = (
    from_library == {**asked, "stream": True}
    and seen[-1] == {**asked, "stream": True, "stream_options": {"include_usage": True}}
    and not any("usage" in one for one in chunks) and whole["created"] == 1 and min(created) > 1_700_000_000)
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" LITELLM_LOCAL_MODEL_COST_MAP=True timeout 300 venv/bin/python check.py
