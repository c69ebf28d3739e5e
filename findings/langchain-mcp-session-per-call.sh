#!/usr/bin/env bash
# LangChain's MCP adapter opens a session for each call of a tool, and lists the tools again in it.
#
# One expects: tools that came from one client of MCP share its session, as with other frameworks: one
#   `initialize` and one `tools/list`, then a `tools/call` for each call.
# What happens: `get_tools()` opens a session and closes it again; so does every call: six requests, among
#   them a `tools/list` after the answer. Two calls record `initialize` and `tools/list` three times each, as
#   takes of one request. A server that keeps something in a session has forgotten it in the next call.
#   With `client.session(…)` and `load_mcp_tools(session)` they share one.
# Seen with: langchain-mcp-adapters 0.3.2 with mcp 1.30.0 and langchain-core 1.8.3; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 500 venv/bin/pip install --quiet --disable-pip-version-check \
  langchain-mcp-adapters==0.3.2 mcp==1.30.0 langchain-core==1.8.3

cat > check.py <<'PY'
import asyncio, collections, json, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.tools import load_mcp_tools

seen, sessions = [], []
TOOL = {"name": "add", "description": "Add two numbers.", "inputSchema": {
    "type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}}

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(405)

    def do_DELETE(self):
        self.answer(200)

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        seen.append(request["method"])
        if request["method"] == "initialize":
            sessions.append(f"session-{len(sessions)}")
            self.answer(200, request, {"protocolVersion": request["params"]["protocolVersion"], "capabilities": {"tools": {}},
                                       "serverInfo": {"name": "stub", "version": "1"}}, sessions[-1])
        elif request["method"] == "tools/list":
            self.answer(200, request, {"tools": [TOOL]})
        elif request["method"] == "tools/call":
            self.answer(200, request, {"content": [{"type": "text", "text": "3"}]})
        else:
            self.answer(202)

    def answer(self, status, request=None, result=None, session=None):
        body = json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode() if request else b""
        self.send_response(status)
        if request:
            self.send_header("content-type", "application/json")
        if session:
            self.send_header("mcp-session-id", session)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = MultiServerMCPClient({"sums": {"url": f"http://127.0.0.1:{server.server_port}/mcp", "transport": "streamable_http"}})

async def call_twice(tool):
    for _ in range(2):
        await tool.ainvoke({"a": 1, "b": 2})

async def by_client():
    await call_twice((await client.get_tools())[0])

async def by_session():
    async with client.session("sums") as session:
        await call_twice((await load_mcp_tools(session))[0])

as_described = True
for name, run, expected in [("get_tools()", by_client, (3, 3, 2)), ("one session", by_session, (1, 1, 2))]:
    seen.clear()
    asyncio.run(asyncio.wait_for(run(), 60))
    count = collections.Counter(seen)
    print(f"two calls with {name}: {dict(count)}")
    as_described &= (count["initialize"], count["tools/list"], count["tools/call"]) == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 150 venv/bin/python check.py
