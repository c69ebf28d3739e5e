#!/usr/bin/env bash
# Portkey's gateway, installed today, answers every stream with HTTP 500, behind an answer that was paid.
#
# One expects: the newest version of the gateway passes streams on, from any provider, and a 500 means that
#   the provider was not asked or said so itself.
# What happens: the gateway bundles its own code, and takes @hono/node-server in whatever version 1 is the
#   newest. With 1.19 each stream, and each embedding, ends in `Something went wrong`, after the provider has
#   given its whole answer. A recorder between the two has a sound recording of what the program never saw.
#   Whole answers of chats arrive. With @hono/node-server 1.3.3, the oldest that it takes, streams arrive too.
# Seen with: @portkey-ai/gateway 1.15.2 with hono 4.13.19 and @hono/node-server 1.19.19 and 1.3.3, on Node 20
#   and 24; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# 1.19.19 is what npm chooses by itself on that day.
for version in 1.19.19 1.3.3; do
  mkdir "$version"
  printf '{"overrides": {"@hono/node-server": "%s", "hono": "4.13.19"}}' "$version" > "$version/package.json"
  timeout 400 npm install --silent --no-audit --no-fund --prefix "$version" @portkey-ai/gateway@1.15.2
done

cat > check.py <<'PY'
import json, socket, subprocess, sys, threading, time, urllib.error, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

served = []

class OpenAI(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        streamed = request.get("stream")
        message = {"role": "assistant", "content": "hello"}
        answer = {"id": "chatcmpl-1", "object": "chat.completion.chunk" if streamed else "chat.completion", "created": 1,
                  "model": "m", "choices": [{"index": 0, "finish_reason": "stop", "delta" if streamed else "message": message}]}
        body = (f"data: {json.dumps(answer)}\n\ndata: [DONE]\n\n" if streamed else json.dumps(answer)).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streamed else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        served.append(200)

    def log_message(self, *args):
        pass

provider = ThreadingHTTPServer(("127.0.0.1", 0), OpenAI)
threading.Thread(target=provider.serve_forever, daemon=True).start()

def outcomes(version):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    gateway = subprocess.Popen(
        ["timeout", "90", "node", f"{version}/node_modules/@portkey-ai/gateway/build/start-server.js", "--headless", f"--port={port}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(60):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.5)
        found = []
        for stream in (False, True):
            served.clear()
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/v1/chat/completions",
                json.dumps({"model": "m", "stream": stream, "messages": [{"role": "user", "content": "hello"}]}).encode(),
                {"content-type": "application/json", "authorization": "Bearer test", "x-portkey-provider": "openai",
                 "x-portkey-custom-host": f"http://127.0.0.1:{provider.server_port}/v1"})
            try:
                with urllib.request.urlopen(request, timeout=20) as response:
                    found.append((response.status, "hello" in response.read().decode(), list(served)))
            except urllib.error.HTTPError as error:
                found.append((error.code, "hello" in error.read().decode(), list(served)))
        return found
    finally:
        gateway.terminate()
        gateway.wait(10)

as_described = True
for version, of_a_stream in [("1.19.19", (500, False, [200])), ("1.3.3", (200, True, [200]))]:
    whole, streamed = outcomes(version)
    for name, (status, arrives, answers) in [("a whole answer", whole), ("a stream", streamed)]:
        print(f"with @hono/node-server {version}, {name}: the provider answers {answers}, the program gets {status},"
              f" {'with' if arrives else 'without'} the text")
    as_described &= whole == (200, True, [200]) and streamed == of_a_stream
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 150 python3 check.py
