#!/usr/bin/env bash
# How often an MCP client asks for the server's stream depends on how long the program runs.
#
# One expects: a client asks for the stream of the server's own messages once in a session (a GET), as
#   a recording of a session with a standing stream shows, and 405 ends the matter: the server has
#   none.
# What happens: each time that stream ends, both official clients ask again after a second, without
#   end. A replay that ends the stream where the recording did gets a GET a second instead of one; it
#   must keep the stream open. After 405 Python's client asks a second time, a second later, so that a
#   short run has one GET and a longer one two; JavaScript's asks once. A strict order or number of
#   requests holds for the POSTs alone.
# Seen with: mcp 2.3.0 (Python), @modelcontextprotocol/client 2.4.0 (JavaScript); 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check mcp==2.3.0
timeout 300 npm install --silent --no-audit --no-fund --prefix js @modelcontextprotocol/client@2.4.0

cat > wait.py <<'PY'
import asyncio, sys, mcp

async def run():
    async with mcp.Client(sys.argv[1]) as client:
        await asyncio.sleep(float(sys.argv[2]))
        await client.list_tools()

asyncio.run(asyncio.wait_for(run(), 60))
PY
cat > js/wait.mjs <<'JS'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
const client = new Client({ name: 'finding', version: '1' })
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2])))
await new Promise((resolve) => setTimeout(resolve, 1000 * process.argv[3]))
await client.listTools()
process.exit(0)
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RESULTS = {
    "initialize": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
                   "serverInfo": {"name": "stub", "version": "1"}},
    "tools/list": {"tools": []},
}

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.gets += 1
        if self.server.has_stream:  # A standing stream on which nothing has come, as it was when the recording ended.
            self.answer(200, b": nothing yet\n\n", "text/event-stream")
        else:
            self.answer(405, b"")

    def do_DELETE(self):
        self.answer(200, b"")

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if "id" not in request:
            return self.answer(202, b"")
        result = RESULTS.get(request["method"])
        outcome = {"result": result} if result else {"error": {"code": -32601, "message": "method not found"}}
        self.answer(200, json.dumps({"jsonrpc": "2.0", "id": request["id"], **outcome}).encode())

    def answer(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("mcp-session-id", "session-1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

def gets(command, has_stream, seconds):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.has_stream, server.gets = has_stream, 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/mcp"
    subprocess.run([*command, url, str(seconds)], check=True, timeout=90)
    return server.gets

as_described = True
for name, command, refusals in [
    ("Python", ["venv/bin/python", "wait.py"], 2), ("JavaScript", ["node", "js/wait.mjs"], 1),
]:
    short, long = gets(command, True, 2), gets(command, True, 8)
    refused = gets(command, False, 8)
    print(f"{name}: GETs for a stream that ends: {short} in 2 seconds, {long} in 8; for one that is refused: {refused}")
    as_described &= 4 <= long and short < long and refused == refusals
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 400 venv/bin/python check.py
