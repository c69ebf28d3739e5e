#!/usr/bin/env bash
# LangChain and Pydantic AI add up counts that are totals already.
#
# One expects: a stream that says its usage more than once says it cumulatively, so that the last
#   count is the answer's. Anthropic documents one or more `message_delta` with cumulative counts, and
#   servers of OpenAI's form send `usage` with each chunk (vLLM's `continuous_usage_stats`).
# What happens: LangChain adds them up. An answer of 3 tokens to a prompt of 10 is 30 + 6 after three
#   chunks, and Anthropic's prompt of 10 counts twice. Pydantic AI gets OpenAI's form wrong alike,
#   unless `openai_continuous_usage_stats` is set, and Anthropic's right. What a program or a
#   test reads there is neither in the recording nor on the bill.
# Seen with: langchain-openai 1.7.4, langchain-anthropic 1.7.10, langchain-core 1.8.3,
#   pydantic-ai-slim 2.62.0, openai 3.57.0, anthropic 2.14.0; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv langchain
timeout 120 python3 -m venv pydantic
timeout 400 langchain/bin/pip install --quiet --disable-pip-version-check langchain-openai==1.7.4 \
  langchain-anthropic==1.7.10 langchain-core==1.8.3 openai==3.57.0 anthropic==2.14.0
timeout 400 pydantic/bin/pip install --quiet --disable-pip-version-check \
  'pydantic-ai-slim[openai,anthropic]==2.62.0' openai==3.57.0 anthropic==2.14.0

cat > ask_langchain.py <<'PY'
import json, sys
from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI

url = sys.argv[1]
for model in (
    ChatOpenAI(model="gpt-4o-mini", base_url=f"{url}/v1", api_key="test", max_retries=0, stream_usage=True),
    ChatAnthropic(model="claude-sonnet-4-5", base_url=url, api_key="test", max_retries=0),
):
    whole = None
    for chunk in model.stream("hello"):
        whole = chunk if whole is None else whole + chunk
    print(json.dumps([whole.usage_metadata["input_tokens"], whole.usage_metadata["output_tokens"]]))
PY
cat > ask_pydantic.py <<'PY'
import asyncio, json, sys
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

async def usage(model, settings=None):
    async with Agent(model, model_settings=settings).run_stream("hello") as run:
        await run.get_output()
        return [run.usage.input_tokens, run.usage.output_tokens]

async def main(url):
    openai = OpenAIProvider(openai_client=AsyncOpenAI(base_url=f"{url}/v1", api_key="test", max_retries=0))
    anthropic = AnthropicProvider(anthropic_client=AsyncAnthropic(base_url=url, api_key="test", max_retries=0))
    print(json.dumps(await usage(OpenAIChatModel("m", provider=openai))))
    print(json.dumps(await usage(AnthropicModel("claude-sonnet-4-5", provider=anthropic))))
    print(json.dumps(await usage(OpenAIChatModel("m", provider=openai), {"openai_continuous_usage_stats": True})))

asyncio.run(main(sys.argv[1]))
PY
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

def chunk(text, output, finish_reason=None):
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish_reason}],
            "usage": {"prompt_tokens": 10, "completion_tokens": output, "total_tokens": 10 + output}}

def so_far(output, stop_reason=None):
    return {"type": "message_delta", "delta": {"stop_reason": stop_reason, "stop_sequence": None},
            "usage": {"input_tokens": 10, "output_tokens": output}}

OPENAI = [chunk("Danube", 1), chunk(", Rhine", 2), chunk("", 3, "stop")]
ANTHROPIC = [
    {"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": 10, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Danube, Rhine"}},
    {"type": "content_block_stop", "index": 0},
    so_far(2), so_far(3, "end_turn"), {"type": "message_stop"},
]

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        if self.path.startswith("/v1/chat/"):
            body = "".join(f"data: {json.dumps(event)}\n\n" for event in OPENAI) + "data: [DONE]\n\n"
        else:
            body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in ANTHROPIC)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

def counts(*command):
    done = subprocess.run([*command, f"http://127.0.0.1:{server.server_port}"],
                          check=True, timeout=150, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]

found = {"LangChain": counts("langchain/bin/python", "ask_langchain.py"),
         "Pydantic AI": counts("pydantic/bin/python", "ask_pydantic.py")}
print("both servers say: 10 tokens read, and 3 written in the end")
for name, (openai, anthropic, *setting) in found.items():
    print(f"{name}: read and written {openai} by OpenAI's form, {anthropic} by Anthropic's"
          + (f", {setting[0]} by OpenAI's with the setting" if setting else ""))
as_described = found == {"LangChain": [[30, 6], [20, 5]], "Pydantic AI": [[30, 6], [10, 3], [10, 3]]}
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 400 langchain/bin/python check.py
