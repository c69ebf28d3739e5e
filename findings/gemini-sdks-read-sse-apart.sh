#!/usr/bin/env bash
# Google's SDKs read only the event streams that Gemini writes, and each another kind beside it.
#
# One expects: a stub, a gateway or a replay may write the same events in any form that the HTML
#   standard allows: a comment to keep the connection open, an `id:`, `data:` without the space
#   after it, JSON over several lines.
# What happens: Python's SDK takes each line for data and raises at a comment, at an `id:` and at
#   `data:` without the space. JavaScript's takes these but raises at JSON over several lines, which
#   Python's joins. And at `id:` it neither raises nor answers: those events are gone, and the
#   text is empty. Play Gemini's streams byte for byte.
# Seen with: google-genai 3.6.1 (Python), @google/genai 2.32.0 (JavaScript); 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 300 venv/bin/pip install --quiet --disable-pip-version-check google-genai==3.6.1
timeout 300 npm install --silent --no-audit --no-fund --prefix js @google/genai@2.32.0

cat > ask.py <<'PY'
import json, sys
from google import genai
for url in sys.argv[1:]:
    client = genai.Client(api_key="test", http_options={"base_url": url})
    try:
        chunks = client.models.generate_content_stream(model="m", contents="hello")
        print(json.dumps("".join(chunk.text for chunk in chunks)))
    except Exception as error:
        print(json.dumps(f"raises {type(error).__name__}"))
PY
cat > js/ask.mjs <<'JS'
import { GoogleGenAI } from '@google/genai'
for (const baseUrl of process.argv.slice(2)) {
  const client = new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl } })
  try {
    let text = ''
    const chunks = await client.models.generateContentStream({ model: 'm', contents: 'hello' })
    for await (const chunk of chunks) text += chunk.text
    console.log(JSON.stringify(text))
  } catch (error) {
    console.log(JSON.stringify(`raises ${error.constructor.name}`))
  }
}
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

EVENTS = [{"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": text}]}, **ending}]}
          for text, ending in (("Danube", {}), (", Rhine", {"finishReason": "STOP"}))]
ONE_LINE = [f"data: {json.dumps(event)}\n\n" for event in EVENTS]
FORMS = {
    "as Gemini writes": "".join(ONE_LINE),
    "a comment between": ": still here\n\n".join(ONE_LINE),
    "an id in each": "".join(f"id: {number}\n{event}" for number, event in enumerate(ONE_LINE)),
    "no space after data:": "".join(ONE_LINE).replace("data: ", "data:"),
    "several lines": "".join(
        "".join(f"data: {line}\n" for line in json.dumps(event, indent=1).split("\n")) + "\n" for event in EVENTS),
}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = list(FORMS.values())[int(self.path.split("/")[1])].encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
urls = [f"http://127.0.0.1:{server.server_port}/{number}" for number in range(len(FORMS))]
whole, refused = "Danube, Rhine", "raises UnknownApiResponseError"
as_described = True
for name, command, expected in [
    ("Python", ["venv/bin/python", "ask.py"], [whole, refused, refused, refused, whole]),
    ("JavaScript", ["node", "js/ask.mjs"], [whole, whole, "", whole, "raises SyntaxError"]),
]:
    done = subprocess.run([*command, *urls], check=True, timeout=120, stdout=subprocess.PIPE, text=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for form, outcome in zip(FORMS, found):
        print(f"{name}, {form}: {outcome!r}")
    as_described &= found == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 300 venv/bin/python check.py
