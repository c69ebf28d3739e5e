#!/usr/bin/env bash
# Portkey's gateway reports more cached tokens than prompt tokens.
#
# One expects: a gateway that answers in OpenAI's form gives OpenAI's meaning, where `cached_tokens`
#   are a part of `prompt_tokens`, and the total is the sum of both sides.
# What happens: for Anthropic's models it copies `input_tokens`, which leaves cached ones out, into
#   `prompt_tokens`: 10, of which 100 were cached, and a total of 1112 for 10 + 2. Who subtracts the
#   cached from the prompt gets -90; who adds prompt and completion misses 1100 tokens.
# Seen with: @portkey-ai/gateway 1.15.2 on Node 20; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 400 npm install --silent --no-audit --no-fund --prefix js @portkey-ai/gateway@1.15.2

cat > check.py <<'PY'
import json, socket, subprocess, sys, threading, time, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
           "content": [{"type": "text", "text": "hello"}],
           "usage": {"input_tokens": 10, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 1000,
                     "output_tokens": 2}}

class Anthropic(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(MESSAGE).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

provider = ThreadingHTTPServer(("127.0.0.1", 0), Anthropic)
threading.Thread(target=provider.serve_forever, daemon=True).start()
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
gateway = subprocess.Popen(
    ["timeout", "60", "node", "js/node_modules/@portkey-ai/gateway/build/start-server.js", "--headless", f"--port={port}"],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    for _ in range(60):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.5)
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat/completions",
        json.dumps({"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "hello"}]}).encode(),
        {"content-type": "application/json", "authorization": "Bearer test", "x-portkey-provider": "anthropic",
         "x-portkey-custom-host": f"http://127.0.0.1:{provider.server_port}/v1"})
    with urllib.request.urlopen(request, timeout=20) as response:
        usage = json.load(response)["usage"]
finally:
    gateway.terminate()
    gateway.wait(10)
print("Anthropic's usage:", json.dumps(MESSAGE["usage"]))
print("the gateway's usage:", json.dumps(usage))
as_described = (
    usage["prompt_tokens"] == 10 and usage["prompt_tokens_details"]["cached_tokens"] == 100
    and usage["total_tokens"] == 1112)
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 120 python3 check.py
