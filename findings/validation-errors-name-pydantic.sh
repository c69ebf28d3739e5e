#!/usr/bin/env bash
# An update of pydantic changes what agents send.
#
# One expects: a request depends on the program, on what was answered, and at most on the version of the
#   framework that writes it.
# What happens: where a model's arguments do not fit, Instructor, AutoGen, Agno and LangChain (of a
#   structured answer) send the text of pydantic's error back, which has a link with pydantic's version
#   (`https://errors.pydantic.dev/2.14/v/int_parsing`). With the next minor version of that library alone,
#   the recorded second turn is a miss. `PYDANTIC_ERRORS_INCLUDE_URL=0` in the environment leaves the link
#   out, of recordings too.
# Seen with: instructor 1.17.0, autogen-agentchat and autogen-ext 0.7.5, agno 3.1.10, langchain 1.5.2 with
#   langchain-openai 1.7.4, pydantic 2.13.5 and 2.14.4; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 580 venv/bin/pip install --quiet --disable-pip-version-check pydantic==2.14.4 instructor==1.17.0 \
  autogen-agentchat==0.7.5 'autogen-ext[openai]==0.7.5' agno==3.1.10 langchain==1.5.2 langchain-openai==1.7.4

cat > ask.py <<'PY'
import asyncio, sys

def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b

def instructor():
    import instructor, openai, pydantic
    model = pydantic.create_model("add", a=(int, ...), b=(int, ...))
    instructor.from_openai(openai.OpenAI()).chat.completions.create(
        model="gpt-4o", response_model=model, max_retries=1, messages=[{"role": "user", "content": "What is 1+2?"}])

def autogen():
    from autogen_agentchat.agents import AssistantAgent
    from autogen_ext.models.openai import OpenAIChatCompletionClient
    agent = AssistantAgent("adds", OpenAIChatCompletionClient(model="gpt-4o"), tools=[add], reflect_on_tool_use=True)
    asyncio.run(agent.run(task="What is 1+2?"))

def agno():
    from agno.agent import Agent
    from agno.models.openai import OpenAIChat
    Agent(model=OpenAIChat(id="gpt-4o"), tools=[add], telemetry=False).run("What is 1+2?")

def langchain():
    import pydantic
    from langchain.agents import create_agent
    from langchain.agents.structured_output import ToolStrategy
    from langchain_openai import ChatOpenAI
    model = pydantic.create_model("add", a=(int, ...), b=(int, ...))
    agent = create_agent(ChatOpenAI(model="gpt-4o"), response_format=ToolStrategy(model))
    agent.invoke({"messages": [{"role": "user", "content": "What is 1+2?"}]})

globals()[sys.argv[1]]()
PY
cat > check.py <<'PY'
import json, os, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

bodies = []

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        bodies.append(self.rfile.read(int(self.headers["content-length"])).decode())
        told = "tool_call_id" in bodies[-1]
        # Instructor and LangChain want a call again; the others take a text for the end.
        call = {"id": "call_1", "type": "function", "function": {
            "name": "add", "arguments": json.dumps({"a": 1 if told else "x", "b": 2})}}
        done = told and '"tool_choice"' not in bodies[-1]
        message = {"role": "assistant", "content": "3"} if done else {"role": "assistant", "content": None, "tool_calls": [call]}
        body = json.dumps({"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o", "choices": [
            {"index": 0, "finish_reason": "stop" if done else "tool_calls", "message": message}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
environment = {**os.environ, "OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1", "OPENAI_API_KEY": "test"}

def second_body(name, **more):
    bodies.clear()
    subprocess.run(["venv/bin/python", "ask.py", name], check=True, timeout=90, env={**environment, **more},
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert len(bodies) == 2, bodies
    return bodies[1]

NAMES = ("instructor", "autogen", "agno", "langchain")
found = {name: second_body(name) for name in NAMES}
if sys.argv[1] == "new":
    without = {name: second_body(name, PYDANTIC_ERRORS_INCLUDE_URL="0") for name in NAMES}
    with open("new.json", "w") as file:
        json.dump([found, without], file)
    sys.exit()
with open("new.json") as file:
    new, without = json.load(file)
as_described = True
for name in NAMES:
    names_it = "errors.pydantic.dev/2.14/" in new[name]
    only_that = new[name].replace("pydantic.dev/2.14/", "pydantic.dev/2.13/") == found[name]
    print(f"{name}: its second request names pydantic 2.14: {names_it}; with 2.13 it differs in that alone: {only_that};"
          f" without the link: {'pydantic.dev' not in without[name]}")
    as_described &= names_it and only_that and "pydantic.dev" not in without[name]
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 400 venv/bin/python check.py new
timeout 200 venv/bin/pip install --quiet --disable-pip-version-check pydantic==2.13.5
env -i PATH="$PATH" HOME="$work" timeout 300 venv/bin/python check.py old
