#!/usr/bin/env bash
# OpenAI's and Mistral's SDKs write the same upload in another order in each language.
#
# One expects: the same call of one provider's SDKs, made from the same API description, sends the same
#   form, but for the boundary.
# What happens: Python puts the file last and JavaScript first, with both providers, and OpenAI's
#   Python SDK gives audio a media type by its name where JavaScript's says `application/octet-stream`.
#   (JSON bodies of chats are the same.) So an upload recorded from one language is another request
#   from the other, unless the parts of a form are compared without their order and media types.
# Seen with: openai 3.57.0, mistralai 3.7.0 (Python), openai 7.59.0, @mistralai/mistralai 2.7.0
#   (JavaScript); 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check openai==3.57.0 mistralai==3.7.0
timeout 400 npm install --silent --no-audit --no-fund --prefix js openai@7.59.0 @mistralai/mistralai@2.7.0

cat > send.py <<'PY'
import io, sys, openai
from mistralai.client import Mistral
client = openai.OpenAI(base_url=sys.argv[1] + "/openai", api_key="test", max_retries=0)
client.files.create(file=("batch.jsonl", b"{}"), purpose="batch")
client.audio.transcriptions.create(file=("speech.mp3", b"sound"), model="whisper-1", language="en")
Mistral(api_key="test", server_url=sys.argv[1]).files.upload(
    file={"file_name": "batch.jsonl", "content": io.BytesIO(b"{}")}, purpose="batch")
PY
cat > js/send.mjs <<'JS'
import OpenAI, { toFile } from 'openai'
import { Mistral } from '@mistralai/mistralai'
const client = new OpenAI({ baseURL: process.argv[2] + '/openai', apiKey: 'test', maxRetries: 0 })
await client.files.create({ file: await toFile(Buffer.from('{}'), 'batch.jsonl'), purpose: 'batch' })
const file = await toFile(Buffer.from('sound'), 'speech.mp3')
await client.audio.transcriptions.create({ file, model: 'whisper-1', language: 'en' })
await new Mistral({ apiKey: 'test', serverURL: process.argv[2] }).files.upload({
  file: { fileName: 'batch.jsonl', content: new Blob(['{}']) }, purpose: 'batch',
})
JS
cat > check.py <<'PY'
import json, re, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = []
FILE = {"id": "00000000-0000-4000-8000-000000000000", "object": "file", "bytes": 2, "created_at": 1,
        "filename": "batch.jsonl", "purpose": "batch", "sample_type": "batch_request", "source": "upload",
        "signature": "s", "num_lines": 1, "status": "processed", "text": "hello"}

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        if self.headers["content-length"]:
            body = self.rfile.read(int(self.headers["content-length"]))
        else:
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        names = re.findall(rb'form-data; name="(\w+)"', body)
        kind = re.search(rb'name="file"[^\n]*\r\nContent-Type: ([\w/.-]+)', body)
        seen.append((self.path, [name.decode() for name in names], kind.group(1).decode()))
        answer = json.dumps(FILE).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
runs = {}
for name, command in [("Python", ["venv/bin/python", "send.py"]), ("JavaScript", ["node", "js/send.mjs"])]:
    seen.clear()
    subprocess.run([*command, f"http://127.0.0.1:{server.server_port}"], check=True, timeout=60)
    runs[name] = list(seen)
    for path, parts, kind in seen:
        print(f"{name} POST {path}: {parts}, the file as {kind}")
binary, python, javascript = "application/octet-stream", runs["Python"], runs["JavaScript"]
as_described = (
    [parts for _, parts, _ in python] == [["purpose", "file"], ["model", "language", "file"], ["visibility", "purpose", "file"]]
    and [parts for _, parts, _ in javascript] == [["file", "purpose"], ["file", "model", "language"], ["file", "purpose", "visibility"]]
    and python[1][2] == "audio/mpeg" and javascript[1][2] == binary)
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 150 venv/bin/python check.py
