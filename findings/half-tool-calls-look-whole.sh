#!/usr/bin/env bash
# Half a tool call becomes a whole one with other arguments, if it was streamed.
#
# One expects: when `max_tokens` cuts an answer within the arguments of a tool call, that call is
#   marked as unusable, streamed or not: what is there is not JSON.
# What happens: LangChain does so (`invalid_tool_calls`) for an answer that came in one piece. Of a
#   stream it closes what is open: `{"from": "Oslo", "to": "New` becomes a valid call with "to" as
#   "New", with OpenAI's and with Anthropic's models. The final message of Anthropic's own SDKs has
#   "from" alone. A program that does not look at the stop reason runs the tool with that. The
#   recording has the half text as it came, so a test can find out.
# Seen with: langchain-openai 1.7.4, langchain-anthropic 1.7.10, langchain-core 1.8.3, openai 3.57.0,
#   anthropic 2.14.0 (Python), @anthropic-ai/sdk 1.14.0 (JavaScript); 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check langchain-openai==1.7.4 \
  langchain-anthropic==1.7.10 langchain-core==1.8.3 openai==3.57.0 anthropic==2.14.0
timeout 300 npm install --silent --no-audit --no-fund --prefix js @anthropic-ai/sdk@1.14.0

cat > js/ask.mjs <<'JS'
import Anthropic from '@anthropic-ai/sdk'
const client = new Anthropic({ baseURL: process.argv[2], apiKey: 'test', maxRetries: 0 })
const messages = [{ role: 'user', content: 'hello' }]
const message = await client.messages.stream({ model: 'm', max_tokens: 5, messages }).finalMessage()
console.log(JSON.stringify([message.stop_reason, message.content[0].input]))
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI

HALF = '{"from": "Oslo", "to": "New'
CLOSED = {"from": "Oslo", "to": "New"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "book", "arguments": HALF}}

def openai(streamed):
    answer = {"id": "c", "object": f"chat.completion{'.chunk' if streamed else ''}", "created": 1, "model": "m"}
    said = {"role": "assistant", "content": None}
    if not streamed:
        choice = {"index": 0, "message": {**said, "tool_calls": [CALL]}, "finish_reason": "length"}
        return json.dumps({**answer, "choices": [choice]})
    deltas = [({**said, "tool_calls": [{"index": 0, **CALL}]}, None), ({}, "length")]
    return "".join(
        "data: " + json.dumps({**answer, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}) + "\n\n"
        for delta, reason in deltas) + "data: [DONE]\n\n"

MESSAGES = [
    {"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0,
     "content_block": {"type": "tool_use", "id": "toolu_1", "name": "book", "input": {}}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": HALF}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "max_tokens", "stop_sequence": None},
     "usage": {"output_tokens": 5}},
    {"type": "message_stop"},
]

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        streamed = json.loads(self.rfile.read(int(self.headers["content-length"]))).get("stream", False)
        if self.path.startswith("/v1/chat/"):
            body = openai(streamed)
        else:
            body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in MESSAGES)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streamed else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"

def langchain(model):
    message = model.invoke("hello")
    calls = [call["args"] for call in message.tool_calls]
    return calls, [call["args"] for call in message.invalid_tool_calls]

def by_openai(streaming):
    return langchain(ChatOpenAI(
        model="gpt-4o-mini", base_url=f"{url}/v1", api_key="test", max_retries=0, streaming=streaming))

def sdk():
    client = anthropic.Anthropic(base_url=url, api_key="test", max_retries=0)
    with client.messages.stream(model="m", max_tokens=5, messages=[{"role": "user", "content": "hello"}]) as stream:
        message = stream.get_final_message()
    return [message.stop_reason, message.content[0].input]

def javascript():
    command = ["node", "js/ask.mjs", url]
    return json.loads(subprocess.run(command, check=True, timeout=60, stdout=subprocess.PIPE).stdout)

as_described = True
for name, found, expected in [
    ("LangChain, OpenAI, in one piece: valid, invalid", by_openai(False), ([], [HALF])),
    ("LangChain, OpenAI, streamed: valid, invalid", by_openai(True), ([CLOSED], [])),
    ("LangChain, Anthropic, streamed: valid, invalid",
     langchain(ChatAnthropic(model="claude-sonnet-4-5", base_url=url, api_key="test", max_retries=0, streaming=True)),
     ([CLOSED], [])),
    ("Anthropic's SDK, Python: stop reason, input", sdk(), ["max_tokens", {"from": "Oslo"}]),
    ("Anthropic's SDK, JavaScript: stop reason, input", javascript(), ["max_tokens", {"from": "Oslo"}]),
]:
    print(f"{name}: {found}")
    as_described &= found == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 200 venv/bin/python -W ignore check.py
