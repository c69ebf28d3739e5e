#!/usr/bin/env bash
# With OpenTelemetry set up, MCP's Python client writes a trace id into the body of every request.
#
# One expects: tracing adds a `traceparent` header at most, which no recorder compares; the JSON-RPC
#   body says what was asked and nothing of who watched.
# What happens: as soon as the program has a tracer provider, every request carries
#   `params._meta.traceparent`, a new one each time. Switching tracing on turns all recorded requests
#   into misses, and with it on no run sends what another sent.
# Seen with: mcp 2.3.0, opentelemetry-sdk 1.45.2, protocol 2026-07-28; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check mcp==2.3.0 opentelemetry-sdk==1.45.2

cat > check.py <<'PY'
import asyncio, json, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import mcp

bodies = []
RESULTS = {
    "server/discover": {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}},
                        "serverInfo": {"name": "stub", "version": "1"}},
    "tools/list": {"tools": [{"name": "echo", "inputSchema": {"type": "object"}}]},
    "tools/call": {"content": [{"type": "text", "text": "hello"}]},
}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        bodies.append(request)
        result = {**RESULTS[request["method"]], "resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
        body = json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

async def run():
    async with mcp.Client(f"http://127.0.0.1:{server.server_port}/mcp") as client:
        await client.list_tools()
        await client.call_tool("echo", {"text": "hello"})

def requests_of_a_run():
    bodies.clear()
    asyncio.run(asyncio.wait_for(run(), 30))
    return list(bodies)

plain, plain_again = requests_of_a_run(), requests_of_a_run()

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
trace.set_tracer_provider(TracerProvider())
traced, traced_again = requests_of_a_run(), requests_of_a_run()

print("without a tracer, two runs send the same bodies:", plain == plain_again)
print("with a tracer, two runs send the same bodies:", traced == traced_again)
print("last request without:", json.dumps(plain[-1]))
print("last request with:", json.dumps(traced[-1]))
marks = [request["params"]["_meta"].pop("traceparent", None) for request in traced + traced_again]
as_described = plain == plain_again and traced == plain and None not in marks and len(set(marks)) == len(marks)
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 120 venv/bin/python check.py
