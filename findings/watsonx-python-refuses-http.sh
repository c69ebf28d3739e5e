#!/usr/bin/env bash
# IBM's Python SDK for watsonx.ai takes no base URL without TLS.
#
# One expects: a stand-in or a replaying server on this machine serves an SDK whose base URL is set to
#   `http://127.0.0.1:…`, as it serves the other providers' SDKs and IBM's own in JavaScript.
# What happens: the Python SDK raises before its first request: the URL must start with `https://`.
#   So it needs TLS with a certificate that it is told to trust (`Credentials(verify=…)`), or a
#   recorder within the process. JavaScript's takes the URL.
# Seen with: ibm-watsonx-ai 1.8.1 (Python), @ibm-cloud/watsonx-ai 1.7.16 (JavaScript); 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 500 venv/bin/pip install --quiet --disable-pip-version-check ibm-watsonx-ai==1.8.1
timeout 300 npm install --silent --no-audit --no-fund --prefix js @ibm-cloud/watsonx-ai@1.7.16

cat > ask.py <<'PY'
import sys
from ibm_watsonx_ai import APIClient, Credentials
from ibm_watsonx_ai.foundation_models import ModelInference

for settings in ({"token": "test", "instance_id": "openshift", "version": "5.2"}, {"api_key": "test"}):
    try:
        client = APIClient(Credentials(url=sys.argv[1], **settings), project_id="p")
        model = ModelInference(model_id="m", api_client=client, project_id="p", validate=False)
        print(model.chat(messages=[{"role": "user", "content": "hello"}])["choices"][0]["message"]["content"])
    except Exception as error:
        print(str(error))
PY
cat > js/ask.mjs <<'JS'
import { WatsonXAI } from '@ibm-cloud/watsonx-ai'
import { NoAuthAuthenticator } from 'ibm-cloud-sdk-core'
const authenticator = new NoAuthAuthenticator()
const client = WatsonXAI.newInstance({ version: '2026-10-14', serviceUrl: process.argv[2], authenticator })
const { result } = await client.textChat({ modelId: 'm', projectId: 'p', messages: [{ role: 'user', content: 'hello' }] })
console.log(result.choices[0].message.content)
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = []

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({})

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.answer({"id": "c", "model_id": "m", "created": 1, "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "an answer"}}]})

    def answer(self, result):
        seen.append(self.path.split("?")[0])
        body = json.dumps(result).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
as_described = True
refusal = "`url` must start with `https://`."
for name, command, expected in [("Python", ["venv/bin/python", "ask.py"], ([refusal] * 2, [])),
                                ("JavaScript", ["node", "js/ask.mjs"], (["an answer"], ["/ml/v1/text/chat"]))]:
    seen.clear()
    done = subprocess.run([*command, f"http://127.0.0.1:{server.server_port}"], timeout=100, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    outcome = (done.stdout.splitlines(), list(seen))
    print(f"{name} says {outcome[0]} and sends {outcome[1]}")
    as_described &= outcome == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 250 venv/bin/python check.py
