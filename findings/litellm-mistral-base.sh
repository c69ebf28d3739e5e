#!/usr/bin/env bash
# LiteLLM takes Mistral's base URL from the variable that is named after Azure.
#
# One expects: `MISTRAL_API_BASE`, as it is `GROQ_API_BASE`, `XAI_API_BASE`, `DEEPSEEK_API_BASE` and so
#   on, and as LiteLLM's own code reads for other calls to Mistral. Set to a proxy, no chat goes past it.
# What happens: chats with `mistral/…` models read `MISTRAL_AZURE_API_BASE` alone. With the other one set,
#   they go to api.mistral.ai, with the real key, and nothing says that the setting was not used.
# Seen with: litellm 1.110.2; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check litellm==1.110.2

cat > ask.py <<'PY'
import socket, sys

# Nothing leaves this machine: a name that is looked up is what the program wanted to reach.
lookup = socket.getaddrinfo
def local_only(host, *rest, **more):
    if host not in ("127.0.0.1", b"127.0.0.1"):
        print("past the base URL, to", host.decode() if isinstance(host, bytes) else host)
        raise socket.gaierror(socket.EAI_NONAME, "not on this machine")
    return lookup(host, *rest, **more)
socket.getaddrinfo = local_only

import litellm
try:
    litellm.completion(model=sys.argv[1], api_key="test", messages=[{"role": "user", "content": "hello"}], num_retries=0)
    print("to the base URL")
except Exception as error:
    print(type(error).__name__)
PY
cat > check.py <<'PY'
import json, os, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "service_tier": "default", "choices": [
    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello"}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/v1"
as_described = True
for model, variable, reaches in [
    ("groq/m", "GROQ_API_BASE", True),
    ("mistral/m", "MISTRAL_API_BASE", False),
    ("mistral/m", "MISTRAL_AZURE_API_BASE", True),
]:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LITELLM_LOCAL_MODEL_COST_MAP": "True", variable: url}
    ran = subprocess.run(["venv/bin/python", "ask.py", model], timeout=120, env=environment, capture_output=True, text=True)
    said = [line for line in ran.stdout.splitlines() if line.startswith(("past", "to the"))]
    print(f"{variable}, {model}: {said[0] if said else ran.stdout + ran.stderr}")
    as_described &= said[:1] == ["to the base URL" if reaches else "past the base URL, to api.mistral.ai"]
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 400 venv/bin/python check.py
