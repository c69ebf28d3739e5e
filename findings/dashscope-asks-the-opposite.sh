#!/usr/bin/env bash
# DashScope's SDK sends `incremental_output: true` for a program that says false.
#
# One expects: a stream that is asked for with `incremental_output=False` is asked for so, and each
#   event of the answer has all of the text so far, in the recording as in the program.
# What happens: the SDK asks for increments and adds them up itself, so that the recording has another
#   form than the program sees, and tells the server only in `user-agent` (`incremental_to_full/1`).
#   True and False are one request but for that header. Without the argument nothing is sent and
#   nothing is added up; models with "omni" or "tts" in their name are asked as the program says.
# Seen with: dashscope 2.0.2; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 300 venv/bin/pip install --quiet --disable-pip-version-check dashscope==2.0.2

cat > check.py <<'PY'
import json, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dashscope

seen = []

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        wanted = request["parameters"].get("incremental_output")
        seen.append((wanted, self.headers["user-agent"].rsplit(" ", 1)[-1]))
        body = ""
        for number, (text, reason) in enumerate([("Dan", "null"), ("ube" if wanted else "Danube", "stop")], 1):
            event = {"output": {"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": reason}]},
                     "usage": {"input_tokens": 1, "output_tokens": number, "total_tokens": 1 + number}, "request_id": "r"}
            body += f"id:{number}\nevent:result\n:HTTP_STATUS/200\ndata:{json.dumps(event)}\n\n"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
dashscope.base_http_api_url = f"http://127.0.0.1:{server.server_port}/api/v1"
as_described = True
for model, arguments, expected in [
    ("qwen-plus", {"incremental_output": True}, (True, "incremental_to_full/0", ["Dan", "ube"])),
    ("qwen-plus", {"incremental_output": False}, (True, "incremental_to_full/1", ["Dan", "Danube"])),
    ("qwen-plus", {}, (None, "incremental_to_full/0", ["Dan", "Danube"])),
    ("qwen-omni-turbo", {"incremental_output": False}, (False, "incremental_to_full/0", ["Dan", "Danube"])),
]:
    texts = [event.output.choices[0].message.content for event in dashscope.Generation.call(
        model=model, api_key="test", messages=[{"role": "user", "content": "hello"}], result_format="message",
        stream=True, **arguments)]
    wanted, agent = seen[-1]
    print(f"{model} with {arguments}: sent {wanted}, user-agent ends in {agent.split(';')[-1]}; the program sees {texts}")
    as_described &= (wanted, agent.split(";")[-1], texts) == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 120 venv/bin/python check.py
