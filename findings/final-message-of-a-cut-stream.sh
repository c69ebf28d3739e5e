#!/usr/bin/env bash
# Helpers that give a stream's final message disagree on what a cut stream is.
#
# One expects: the helper that waits for a stream's final message says so when the stream ends before
#   its end event (no `finish_reason`, `response.completed` or `message_stop`), or at least does the
#   same in both languages of one SDK.
# What happens: a helper that raises in one language hands out the half message in the other. For chat
#   completions and Anthropic's messages JavaScript raises and Python does not; for responses it is the
#   other way round, and JavaScript's response has the status `in_progress`. So a test of what a
#   program does with a cut answer must look at `finish_reason`, `status` or `stop_reason` itself.
# Seen with: openai 3.57.0, anthropic 2.14.0 (Python), openai 6.49.0, @anthropic-ai/sdk 1.14.0
#   (JavaScript); 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 400 venv/bin/pip install --quiet --disable-pip-version-check openai==3.57.0 anthropic==2.14.0
timeout 300 npm install --silent --no-audit --no-fund --prefix js openai@6.49.0 @anthropic-ai/sdk@1.14.0

cat > ask.py <<'PY'
import json, sys, anthropic, openai

api, url = sys.argv[1:]
options = {"api_key": "test", "max_retries": 0}
messages = [{"role": "user", "content": "hello"}]
try:
    if api == "chat":
        with openai.OpenAI(base_url=url, **options).chat.completions.stream(model="m", messages=messages) as stream:
            choice = stream.get_final_completion().choices[0]
            outcome = [choice.finish_reason, choice.message.content]
    elif api == "responses":
        with openai.OpenAI(base_url=url, **options).responses.stream(model="m", input="hello") as stream:
            response = stream.get_final_response()
            outcome = [response.status, response.output_text]
    else:
        with anthropic.Anthropic(base_url=url, **options).messages.stream(
                model="m", max_tokens=5, messages=messages) as stream:
            message = stream.get_final_message()
            outcome = [message.stop_reason, message.content[0].text]
except Exception as error:
    outcome = f"raises {type(error).__name__}"
print(json.dumps(outcome))
PY
cat > js/ask.mjs <<'JS'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

const [api, baseURL] = process.argv.slice(2)
const options = { baseURL, apiKey: 'test', maxRetries: 0 }
const messages = [{ role: 'user', content: 'hello' }]
let outcome
try {
  if (api === 'chat') {
    const stream = new OpenAI(options).chat.completions.stream({ model: 'm', messages })
    const [choice] = (await stream.finalChatCompletion()).choices
    outcome = [choice.finish_reason, choice.message.content]
  } else if (api === 'responses') {
    const response = await new OpenAI(options).responses.stream({ model: 'm', input: 'hello' }).finalResponse()
    outcome = [response.status, response.output_text]
  } else {
    const message = await new Anthropic(options).messages.stream({ model: 'm', max_tokens: 5, messages }).finalMessage()
    outcome = [message.stop_reason, message.content[0].text]
  }
} catch (error) {
  outcome = `raises ${error.constructor.name}`
}
console.log(JSON.stringify(outcome))
JS
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

def chat(delta, finish_reason=None):
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}

def response(status, output):
    return {"id": "resp_1", "object": "response", "created_at": 1, "status": status, "model": "m", "output": output,
            "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None,
            "incomplete_details": None, "instructions": None, "metadata": {}}

def item(status, content):
    return {"id": "msg_1", "type": "message", "role": "assistant", "status": status, "content": content}

TEXT = {"type": "output_text", "text": "Danube", "annotations": [], "logprobs": []}
PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
# The whole stream of each API, and how many of its last events the cut one lacks.
STREAMS = {
    "chat": ([chat({"role": "assistant", "content": "Danube"}), chat({}, "stop")], 1),
    "responses": ([
        {"type": "response.created", "response": response("in_progress", [])},
        {"type": "response.output_item.added", "output_index": 0, "item": item("in_progress", [])},
        {"type": "response.content_part.added", **PLACE, "part": {**TEXT, "text": ""}},
        {"type": "response.output_text.delta", **PLACE, "delta": "Danube", "logprobs": []},
        {"type": "response.output_text.done", **PLACE, "text": "Danube", "logprobs": []},
        {"type": "response.content_part.done", **PLACE, "part": TEXT},
        {"type": "response.output_item.done", "output_index": 0, "item": item("completed", [TEXT])},
        {"type": "response.completed", "response": response("completed", [item("completed", [TEXT])])},
    ], 4),
    "messages": ([
        {"type": "message_start", "message": {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None,
            "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Danube"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
         "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ], 3),
}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        cut, api = self.path.split("/")[1:3]
        events, missing = STREAMS[api]
        body = ""
        for number, event in enumerate(events[:-missing] if cut == "cut" else events):
            name = "" if api == "chat" else f"event: {event['type']}\n"
            numbered = {**event, "sequence_number": number} if api == "responses" else event
            body += f"{name}data: {json.dumps(numbered)}\n\n"
        if api == "chat" and cut != "cut":
            body += "data: [DONE]\n\n"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

def ask(language, cut, api):
    command = ["venv/bin/python", "ask.py"] if language == "Python" else ["node", "js/ask.mjs"]
    url = f"http://127.0.0.1:{server.server_port}/{cut}/{api}"
    done = subprocess.run([*command, api, url], check=True, timeout=60, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)

as_described = True
for api, whole, half in [
    ("chat", ["stop", "Danube"], {"Python": [None, "Danube"], "JavaScript": "raises OpenAIError"}),
    ("responses", ["completed", "Danube"],
     {"Python": "raises RuntimeError", "JavaScript": ["in_progress", "Danube"]}),
    ("messages", ["end_turn", "Danube"], {"Python": [None, "Danube"], "JavaScript": "raises AnthropicError"}),
]:
    for language, expected in half.items():
        outcomes = ask(language, "whole", api), ask(language, "cut", api)
        print(f"{api}, {language}: a whole stream gives {outcomes[0]}, a cut one {outcomes[1]}")
        as_described &= outcomes == (whole, expected)
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 500 venv/bin/python check.py
