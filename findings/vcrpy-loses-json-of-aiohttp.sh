#!/usr/bin/env bash
# vcrpy does not keep what aiohttp sent.
#
# One expects: a cassette of vcrpy has the body of each request, as bytes or text, whichever HTTP library
#   sent it, so that a recording can be matched by it, or moved to another tool.
# What happens: for aiohttp, vcrpy notes the arguments of the call and not the request. Up to version 7
#   what was given as `json=` is not in the cassette at all (`body: null`). From 8 on it is there as a
#   mapping, as what was given as `data=` is, so that JSON and a form of the same fields look the same;
#   the content type that aiohttp added is in neither. With requests and httpx the body is there, exactly.
# Seen with: vcrpy 7.0.0 and 9.4.2 with aiohttp 3.10.11, requests 2.32.5; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for version in 7.0.0 9.4.2; do
  timeout 120 python3 -m venv "venv-$version"
  timeout 400 "venv-$version/bin/pip" install --quiet --disable-pip-version-check \
    "vcrpy==$version" aiohttp==3.10.11 requests==2.32.5
done

cat > record.py <<'PY'
import asyncio, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import aiohttp, requests, vcr, yaml

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"

async def ask(session, **arguments):
    async with session.post(url, **arguments) as response:
        await response.read()

async def main():
    async with aiohttp.ClientSession() as session:
        await ask(session, json={"model": "m"})
        await ask(session, data={"model": "m"})

with vcr.use_cassette(f"{sys.argv[1]}.yaml"):
    asyncio.run(main())
    requests.post(url, json={"model": "m"})
with open(f"{sys.argv[1]}.yaml") as file:
    requests_made = [one["request"] for one in yaml.safe_load(file)["interactions"]]
bodies = [one["body"] for one in requests_made]
kinds = [any(name.lower() == "content-type" for name in one["headers"]) for one in requests_made]
print("  aiohttp json=", repr(bodies[0]), "- aiohttp data=", repr(bodies[1]), "- requests json=", repr(bodies[2]))
wanted = None if sys.argv[1].startswith("7.") else {"model": "m"}
assert bodies == [wanted, {"model": "m"}, '{"model": "m"}'], bodies
assert kinds == [False, False, True], kinds
PY
for version in 7.0.0 9.4.2; do
  echo "vcrpy $version"
  env -i PATH="$PATH" HOME="$work" timeout 120 "venv-$version/bin/python" record.py "$version"
done
