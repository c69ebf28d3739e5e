#!/usr/bin/env bash
# One text is embedded by four different requests, and LangChain needs a foreign host before its own.
#
# One expects: what is built on OpenAI's SDK asks for a text's embedding as the SDK does, so that a
#   recording of one program serves another, and a replay needs no network.
# What happens: the SDK sends the text and asks for base64. Haystack asks for numbers instead, which makes
#   the answer several times as long; the AI SDK too, and puts the text into a list. LangChain sends the
#   numbers of tokens in place of the text, for which it first fetches a tokenizer's table: without a
#   network (and without that table in a cache) it raises and the server is not asked at all. With
#   `check_embedding_ctx_length=False` it sends the text in a list, and asks for base64.
# Seen with: openai 3.57.0, haystack-ai 3.4.1, langchain-openai 1.7.4 with tiktoken 0.14.0, ai 6.0.326 with
#   @ai-sdk/openai 3.0.141; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 500 venv/bin/pip install --quiet --disable-pip-version-check \
  openai==3.57.0 haystack-ai==3.4.1 langchain-openai==1.7.4 tiktoken==0.14.0
timeout 300 npm install --silent --no-audit --no-fund --prefix js ai@6.0.326 @ai-sdk/openai@3.0.141

cat > embed.py <<'PY'
import socket, sys

# Nothing leaves the machine: other hosts are noted, and have no address.
real, foreign = socket.getaddrinfo, set()

def loopback_only(host, *args, **options):
    if host != "127.0.0.1":
        foreign.add(host)
        raise socket.gaierror("no address")
    return real(host, *args, **options)

socket.getaddrinfo = loopback_only

def sdk():
    import openai
    openai.OpenAI().embeddings.create(model="text-embedding-3-small", input="hello")

def haystack():
    from haystack.components.embedders import OpenAITextEmbedder
    OpenAITextEmbedder(model="text-embedding-3-small").run("hello")

def langchain(**options):
    from langchain_openai import OpenAIEmbeddings
    OpenAIEmbeddings(model="text-embedding-3-small", **options).embed_query("hello")

def langchain_with_a_table():
    import tiktoken
    table = tiktoken.Encoding("bytes", pat_str=r"\S+|\s+", mergeable_ranks={bytes([n]): n for n in range(256)}, special_tokens={})
    tiktoken.encoding_for_model = tiktoken.get_encoding = lambda name: table
    langchain()

def langchain_unchecked():
    langchain(check_embedding_ctx_length=False)

try:
    globals()[sys.argv[1]]()
    print("an embedding")
except Exception as error:
    print(type(error).__name__, "after asking for", len(foreign), "other host")
PY
cat > js/embed.mjs <<'JS'
import { createOpenAI } from '@ai-sdk/openai'
import { embed } from 'ai'
const openai = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL, apiKey: 'test' })
await embed({ model: openai.embedding('text-embedding-3-small'), value: 'hello', maxRetries: 0 })
console.log('an embedding')
JS
cat > check.py <<'PY'
import base64, json, os, struct, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = []

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        seen.append({name: request.get(name) for name in ("input", "encoding_format")})
        numbers = [0.5, 0.25]
        if request.get("encoding_format") == "base64":
            numbers = base64.b64encode(struct.pack("<2f", *numbers)).decode()
        body = json.dumps({"object": "list", "model": request["model"], "usage": {"prompt_tokens": 1, "total_tokens": 1},
                           "data": [{"object": "embedding", "index": 0, "embedding": numbers}]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
environment = {**os.environ, "OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1", "OPENAI_API_KEY": "test",
               "HAYSTACK_TELEMETRY_ENABLED": "False"}
PYTHON = ["venv/bin/python", "embed.py"]
as_described = True
for name, command, expected in [
    ("OpenAI's SDK", [*PYTHON, "sdk"], ("an embedding", [{"input": "hello", "encoding_format": "base64"}])),
    ("Haystack", [*PYTHON, "haystack"], ("an embedding", [{"input": "hello", "encoding_format": "float"}])),
    ("AI SDK", ["node", "js/embed.mjs"], ("an embedding", [{"input": ["hello"], "encoding_format": "float"}])),
    ("LangChain", [*PYTHON, "langchain"], ("ConnectionError after asking for 1 other host", [])),
    ("LangChain with a made-up table", [*PYTHON, "langchain_with_a_table"],
     ("an embedding", [{"input": [[104, 101, 108, 108, 111]], "encoding_format": "base64"}])),
    ("LangChain, unchecked", [*PYTHON, "langchain_unchecked"],
     ("an embedding", [{"input": ["hello"], "encoding_format": "base64"}])),
]:
    seen.clear()
    done = subprocess.run(command, env=environment, timeout=100, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    outcome = (done.stdout.strip(), list(seen))
    print(f"{name}: {outcome[0]}; the server was asked {json.dumps(outcome[1])}")
    as_described &= outcome == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 300 venv/bin/python check.py
