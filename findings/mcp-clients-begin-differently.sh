#!/usr/bin/env bash
# MCP's two official clients, both of the new protocol's major version, begin in different ways.
#
# One expects: clients published for protocol 2026-07-28, which has no session, ask `server/discover`
#   first and fall back to `initialize`, in Python and JavaScript alike.
# What happens: Python does so, counting its ids from 1. JavaScript's default is the old handshake
#   (`initialize`, 2025-11-25, ids from 0, and a GET for a stream), and a server of the new protocol
#   alone gets no further call from it; it asks first only with `versionNegotiation` set to `auto`. No
#   recording of one client serves the other, and none proves that the new protocol was spoken.
# Seen with: mcp 2.3.0 (Python), @modelcontextprotocol/client 2.4.0; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check mcp==2.3.0
timeout 300 npm install --silent --no-audit --no-fund --prefix js @modelcontextprotocol/client@2.4.0

cat > list.py <<'PY'
import asyncio, sys, mcp

async def run():
    async with mcp.Client(sys.argv[1]) as client:
        await client.list_tools()

asyncio.run(asyncio.wait_for(run(), 30))
PY
cat > js/list.mjs <<'JS'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
const client = new Client({ name: 'finding', version: '1' })
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2])))
await client.listTools()
process.exit(0)
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = []
INFO = {"capabilities": {"tools": {}}, "serverInfo": {"name": "stub", "version": "1"}}
COMMON = {"tools/list": {"tools": [], "resultType": "complete", "ttlMs": 0, "cacheScope": "private"}}
NEW = {**COMMON, "server/discover": {**INFO, "supportedVersions": ["2026-07-28"], "resultType": "complete",
                                     "ttlMs": 0, "cacheScope": "private"}}
OLD = {**COMMON, "initialize": {**INFO, "protocolVersion": "2025-11-25"}}

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        seen.append("GET")
        self.answer(405, b"")

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        seen.append((request["method"], request.get("id")))
        if "id" not in request:
            return self.answer(202, b"")
        result = self.server.results.get(request["method"])
        outcome = {"result": result} if result else {"error": {"code": -32601, "message": "method not found"}}
        self.answer(200, json.dumps({"jsonrpc": "2.0", "id": request["id"], **outcome}).encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

def run(command, results):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.results = results
    threading.Thread(target=server.serve_forever, daemon=True).start()
    seen.clear()
    done = subprocess.run([*command, f"http://127.0.0.1:{server.server_port}/mcp"], timeout=60, capture_output=True)
    return done.returncode == 0, list(seen)

python, javascript = ["venv/bin/python", "list.py"], ["node", "js/list.mjs"]
runs = {(client, protocol): run(command, results)
        for client, command in (("Python", python), ("JavaScript", javascript))
        for protocol, results in (("new", NEW), ("old", OLD))}
for (client, protocol), (succeeded, requests) in runs.items():
    print(f"{client}, server of the {protocol} protocol: {'works' if succeeded else 'fails'}, sends {requests}")
as_described = (
    runs["Python", "new"] == (True, [("server/discover", 1), ("tools/list", 2)])
    and runs["Python", "old"][0] and runs["Python", "old"][1][:2] == [("server/discover", 1), ("initialize", 2)]
    and runs["JavaScript", "new"] == (False, [("initialize", 0)])
    and runs["JavaScript", "old"][0] and runs["JavaScript", "old"][1][0] == ("initialize", 0))
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 200 venv/bin/python check.py
