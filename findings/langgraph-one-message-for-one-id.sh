#!/usr/bin/env bash
# A LangChain agent loses an answer whose id it has seen before.
#
# One expects: an agent appends each answer of its model to the conversation, whatever its id, as the
#   model's other clients do; a fixture written by hand may use `resp_1` throughout.
# What happens: LangGraph keeps one message for each id, and ChatOpenAI takes the id of a response for
#   the message's. A second answer with the id of the first replaces it where it stood: the tool call is
#   gone, the tool's result is the last message and looks like the agent's answer. Chat completions are
#   unharmed: LangChain gives them ids of its own. So an answer that is replayed twice, or a stub with
#   one id for all, breaks the agent over `/responses` alone.
# Seen with: langchain 1.5.2, langgraph 1.2.24, langchain-openai 1.7.4, openai 3.57.0; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 500 venv/bin/pip install --quiet --disable-pip-version-check \
  langchain==1.5.2 langgraph==1.2.24 langchain-openai==1.7.4 openai==3.57.0

cat > check.py <<'PY'
import json, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from langchain.agents import create_agent
from langchain_openai import ChatOpenAI

CALL = {"name": "add", "arguments": json.dumps({"a": 1, "b": 2})}

def response(answered, number):
    text = {"type": "output_text", "text": "The sum is 3.", "annotations": []}
    item = ({"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [text]} if answered
            else {"id": "fc_1", "type": "function_call", "call_id": "call_1", "status": "completed", **CALL})
    return {"id": f"resp_{number}", "object": "response", "created_at": 1, "status": "completed", "model": "m",
            "error": None, "incomplete_details": None, "instructions": None, "metadata": {}, "tools": [],
            "parallel_tool_calls": True, "tool_choice": "auto", "output": [item]}

def completion(answered, number):
    message = ({"role": "assistant", "content": "The sum is 3."} if answered else
               {"role": "assistant", "content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": CALL}]})
    return {"id": f"chatcmpl-{number}", "object": "chat.completion", "created": 1, "model": "m", "choices": [
        {"index": 0, "finish_reason": "stop" if answered else "tool_calls", "message": message}]}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = self.rfile.read(int(self.headers["content-length"])).decode()
        answered = "function_call_output" in request or "tool_call_id" in request
        number = 2 if answered and "/own/" in self.path else 1
        make = response if self.path.endswith("/responses") else completion
        body = json.dumps(make(answered, number)).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

def conversation(ids, responses):
    model = ChatOpenAI(model="m", base_url=f"http://127.0.0.1:{server.server_port}/{ids}/v1", api_key="test",
                       max_retries=0, use_responses_api=responses)
    found = create_agent(model, tools=[add]).invoke({"messages": [{"role": "user", "content": "What is 1+2?"}]})["messages"]
    return [(message.type, message.text) for message in found]

whole = [("human", "What is 1+2?"), ("ai", ""), ("tool", "3"), ("ai", "The sum is 3.")]
harmed = [("human", "What is 1+2?"), ("ai", "The sum is 3."), ("tool", "3")]
as_described = True
for ids, responses, expected in [("own", True, whole), ("one", True, harmed), ("one", False, whole)]:
    found = conversation(ids, responses)
    print("responses" if responses else "chat completions", "with", "one id" if ids == "one" else "an id each", "give", found)
    as_described &= found == expected
sys.exit(0 if as_described else "the behaviour has changed")
PY
env -i PATH="$PATH" HOME="$work" timeout 120 venv/bin/python check.py
