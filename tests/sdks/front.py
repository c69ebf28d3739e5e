"""Stands in front of a server, passes each request on, and counts them by the key that they carry.

How often an SDK asks is seen here and not in a report of the server, so that the two cannot be wrong together.
"""
import collections
import http.client
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler

import stand_in


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        with self.server.lock:
            self.server.counts[stand_in.key_of(self.headers, query)] += 1
        behind = http.client.HTTPConnection(self.server.behind)
        behind.request("POST", self.path, body, dict(self.headers))
        answer = behind.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def start(url):
    server = stand_in.Server(("127.0.0.1", 0), Handler)
    server.behind, server.lock, server.counts = urllib.parse.urlsplit(url).netloc, threading.Lock(), collections.Counter()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
