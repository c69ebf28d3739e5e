#!/usr/bin/env python3
"""A server of MCP for the tests of published clients: `/2025` speaks protocol 2025-11-25, with a session that it makes up,
`/2026` speaks 2026-07-28, without one. Python's standard library is all that it needs.

Its one tool, `echo`, answers with JSON text; there are no prompts, which it says with an error of JSON-RPC, and no stream of
its own, which it says with HTTP 405, as most servers do.
"""
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

INFO = {"capabilities": {"tools": {}, "prompts": {}}, "serverInfo": {"name": "stand-in", "version": "1"}}
TOOL = {"name": "echo", "description": "Says what it was told.",
        "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}}
# What the new protocol wants with every result.
NEW = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def is_new(self):
        return self.path.startswith("/2026")

    def do_GET(self):
        self.note("GET")
        self.answer(405, {"jsonrpc": "2.0", "id": None, "error": {"code": -32000, "message": "Method not allowed."}})

    def do_DELETE(self):
        self.note("DELETE")
        self.answer(200, None)

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.note(message.get("method"))
        if "id" not in message:
            return self.answer(202, None)
        head = {"jsonrpc": "2.0", "id": message["id"]}
        method = message["method"]
        if not self.is_new() and method not in ("initialize", "server/discover"):
            if self.headers.get("mcp-session-id") not in self.server.sessions:
                error = {"code": -32001, "message": "Session not found"}
                return self.answer(404, {**head, "error": error})
        result = self.result(method, message.get("params") or {})
        if result is None:
            return self.answer(200, {**head, "error": {"code": -32601, "message": f"{method}: no such method"}})
        self.answer(200, {**head, "result": {**result, **(NEW if self.is_new() else {})}},
                    session=str(uuid.uuid4()) if method == "initialize" else None, stream=method == "tools/call")

    def note(self, what):
        with self.server.lock:
            self.server.asked.append((what, self.headers.get("mcp-session-id"), self.headers.get("mcp-protocol-version")))

    def result(self, method, params):
        if method == "server/discover":
            return {**INFO, "supportedVersions": ["2026-07-28"]} if self.is_new() else None
        if method == "initialize":
            return None if self.is_new() else {**INFO, "protocolVersion": "2025-11-25"}
        if method == "tools/list":
            return {"tools": [TOOL]}
        if method == "tools/call":
            said = json.dumps({"said": params["arguments"]["text"], "times": 1})
            return {"content": [{"type": "text", "text": said}], "isError": False}
        return None

    def answer(self, status, message, session=None, stream=False):
        body = b"" if message is None else json.dumps(message).encode()
        kind = "application/json"
        if stream:
            kind, body = "text/event-stream", b"event: message\ndata: " + body + b"\n\n"
        self.send_response(status)
        if body:
            self.send_header("content-type", kind)
        if session:
            self.server.sessions.add(session)
            self.send_header("mcp-session-id", session)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def start():
    """A running server, and in `asked` what it was asked: method, session, protocol."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.sessions, server.lock = [], set(), threading.Lock()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
