#!/usr/bin/env bash
# Python's SDKs read a compressed stream up to its first part only, and say nothing.
#
# One expects: a server that compresses each event apart, so that it can be read when it arrives, is
#   read like any other: several gzip members after one another are valid gzip (RFC 1952, 2.2), and
#   stand for all that they hold.
# What happens: OpenAI's, Anthropic's and Google's SDKs for Python take the first member for the whole
#   answer and end without an error, as httpx and httpx2 do, on which they are built. Their JavaScript
#   siblings read all events of the same bytes. A recording of the bytes is whole, and half an answer
#   to one who plays it in Python.
# Seen with: openai 3.57.0 and anthropic 2.14.0 with httpx2 2.16.2, google-genai 3.6.1 with httpx 0.28.1
#   (Python), openai 6.49.0, @anthropic-ai/sdk 1.14.0, @google/genai 2.32.0 (JavaScript); 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check \
  openai==3.57.0 anthropic==2.14.0 httpx2==2.16.2 google-genai==3.6.1 httpx==0.28.1
timeout 300 npm install --silent --no-audit --no-fund --prefix js \
  openai@6.49.0 @anthropic-ai/sdk@1.14.0 @google/genai@2.32.0

cat > ask.py <<'PY'
import json, sys, anthropic, openai
from google import genai

url, options = sys.argv[1], {"api_key": "test", "max_retries": 0}
messages = [{"role": "user", "content": "hello"}]
chunks = openai.OpenAI(base_url=f"{url}/openai", **options).chat.completions.create(
    model="m", messages=messages, stream=True)
events = anthropic.Anthropic(base_url=f"{url}/anthropic", **options).messages.create(
    model="m", max_tokens=5, messages=messages, stream=True)
google = genai.Client(api_key="test", http_options={"base_url": f"{url}/google"})
answers = google.models.generate_content_stream(model="m", contents="hello")
print(json.dumps([len(list(source)) for source in (chunks, events, answers)]))
PY
cat > js/ask.mjs <<'JS'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'

const url = process.argv[2]
const options = { apiKey: 'test', maxRetries: 0 }
const messages = [{ role: 'user', content: 'hello' }]
const google = new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: `${url}/google` } })
const counts = []
for (const source of [
  await new OpenAI({ baseURL: `${url}/openai`, ...options }).chat.completions.create(
    { model: 'm', messages, stream: true }),
  await new Anthropic({ baseURL: `${url}/anthropic`, ...options }).messages.create(
    { model: 'm', max_tokens: 5, messages, stream: true }),
  await google.models.generateContentStream({ model: 'm', contents: 'hello' }),
]) {
  let count = 0
  for await (const _ of source) count += 1
  counts.push(count)
}
console.log(JSON.stringify(counts))
JS
cat > check.py <<'PY'
import gzip, json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

def chunk(delta, finish_reason=None):
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}

def answer(text, **ending):
    return {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": text}]}, **ending}]}

STREAMS = {
    "openai": [
        chunk({"role": "assistant", "content": "Danube"}), chunk({"content": ", Rhine"}), chunk({}, "stop"), "[DONE]"],
    "anthropic": [
        {"type": "message_start", "message": {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None,
            "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Danube, Rhine"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
         "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ],
    "google": [answer("Danube"), answer(", Rhine", finishReason="STOP")],
}

def written(event):
    if event == "[DONE]":
        return b"data: [DONE]\n\n"
    name = f"event: {event['type']}\n" if "type" in event else ""
    return f"{name}data: {json.dumps(event)}\n\n".encode()

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        parts, provider = self.path.split("/")[1:3]
        events = [written(event) for event in STREAMS[provider]]
        body = b"".join(map(gzip.compress, events if parts == "parts" else [b"".join(events)]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

def counts(command, parts):
    done = subprocess.run([*command, f"http://127.0.0.1:{server.server_port}/{parts}"],
                          check=True, timeout=120, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)

as_described = True
for name, command, first in [
    ("Python", ["venv/bin/python", "ask.py"], [1, 1, 1]), ("JavaScript", ["node", "js/ask.mjs"], [3, 6, 2]),
]:
    one, many = counts(command, "whole"), counts(command, "parts")
    print(f"{name}: events of OpenAI, Anthropic, Google: {one} of a stream in one part, {many} of one in several")
    as_described &= (one, many) == ([3, 6, 2], first)
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 500 venv/bin/python check.py
