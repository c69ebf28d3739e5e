#!/usr/bin/env bash
# LiteLLM and Pydantic AI report `stop` for a stream that never said so.
#
# One expects: an answer whose stream ended before its finish reason, has none, or is an error, in
#   the same library for every provider alike.
# What happens: LiteLLM raises for OpenAI's streams and Anthropic's, and for Gemini's makes up a last
#   chunk with `stop`. Pydantic AI reports `stop` for OpenAI's chat completions, and None for Anthropic's
#   and Gemini's. So a test that checks the finish reason takes a recording that was cut for a
#   whole one, for some providers only. The recording has no finish reason.
# Seen with: litellm 1.110.2, pydantic-ai-slim 2.62.0, openai 3.57.0, anthropic 2.14.0,
#   google-genai 3.6.1; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv litellm
timeout 120 python3 -m venv pydantic
timeout 500 litellm/bin/pip install --quiet --disable-pip-version-check litellm==1.110.2 openai==3.57.0
timeout 400 pydantic/bin/pip install --quiet --disable-pip-version-check \
  'pydantic-ai-slim[openai,anthropic,google]==2.62.0' openai==3.57.0 anthropic==2.14.0 google-genai==3.6.1

cat > ask_litellm.py <<'PY'
import json, os, sys

# Without this, LiteLLM loads its price table from the network.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm

litellm.suppress_debug_info = True
url = sys.argv[1]
for model, base in [("openai/gpt-4o-mini", f"{url}/v1"), ("anthropic/claude-sonnet-4-5", url),
                    ("gemini/gemini-2.5-flash", url)]:
    try:
        chunks = list(litellm.completion(model, [{"role": "user", "content": "hello"}], stream=True,
                                         api_base=base, api_key="test", num_retries=0))
        print(json.dumps(chunks[-1].choices[0].finish_reason))
    except Exception as error:
        print(json.dumps(f"raises {type(error).__name__}"))
PY
cat > ask_pydantic.py <<'PY'
import asyncio, json, sys
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.google import GoogleProvider
from pydantic_ai.providers.openai import OpenAIProvider

async def main(url):
    openai = OpenAIProvider(openai_client=AsyncOpenAI(base_url=f"{url}/v1", api_key="test", max_retries=0))
    anthropic = AnthropicProvider(anthropic_client=AsyncAnthropic(base_url=url, api_key="test", max_retries=0))
    google = GoogleProvider(api_key="test", base_url=url)
    for model in (OpenAIChatModel("m", provider=openai), AnthropicModel("claude-sonnet-4-5", provider=anthropic),
                  GoogleModel("gemini-2.5-flash", provider=google)):
        async with Agent(model).run_stream("hello") as run:
            await run.get_output()
            print(json.dumps(run.response.finish_reason))

asyncio.run(main(sys.argv[1]))
PY
cat > check.py <<'PY'
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OPENAI = [{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [
    {"index": 0, "delta": {"role": "assistant", "content": "Danube"}, "finish_reason": None}]}]
ANTHROPIC = [
    {"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Danube"}},
]
GEMINI = [{"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": "Danube"}]}}],
           "modelVersion": "m", "responseId": "r"}]

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        path = self.path
        events = OPENAI if "/chat/" in path else ANTHROPIC if "/messages" in path else GEMINI
        body = "".join((f"event: {event['type']}\n" if events is ANTHROPIC else "") + f"data: {json.dumps(event)}\n\n"
                       for event in events)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

as_described = True
for name, command, expected in [
    ("LiteLLM", ["litellm/bin/python", "ask_litellm.py"],
     ["raises MidStreamFallbackError", "raises MidStreamFallbackError", "stop"]),
    ("Pydantic AI", ["pydantic/bin/python", "ask_pydantic.py"], ["stop", None, None]),
]:
    done = subprocess.run([*command, f"http://127.0.0.1:{server.server_port}"],
                          check=True, timeout=150, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    print(f"{name}, finish reason of a cut stream: OpenAI's {found[0]}, Anthropic's {found[1]}, Gemini's {found[2]}")
    as_described &= found == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 400 pydantic/bin/python check.py
