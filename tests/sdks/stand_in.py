#!/usr/bin/env python3
"""A stand-in for the providers, for the tests of published SDKs: it answers in the form of whoever a path belongs to.

    stand_in.py [--key KEY] [--port-file FILE]

Of a model called `no-such-model` it says what the real ones say. Two identical requests get two answers, told apart by
their number. With --key, a request that carries another key, or is signed with another secret, is turned away, so that an
answer shows that the real one arrived. `GET /asked` gives what it was asked, as a list. Python's standard library is all that it needs.
"""
import argparse
import base64
import collections
import hashlib
import hmac
import itertools
import json
import re
import struct
import sys
import threading
import urllib.parse
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ARGUMENTS = {"city": "Lisbon"}
PIECES = ["Danube, ", "Loire, ", "Tagus"]
# Halves have an exact binary form, which every client shows alike.
VECTOR = [0.5, -0.25, 0.125]
fresh = itertools.count(1)


def words(request):
    """What a request says last, in whatever form: the answer repeats it, so that a mix-up shows."""
    if isinstance(request, str):
        return request
    if isinstance(request, list):
        return words(request[-1]) if request else ""
    for name in ("messages", "contents", "input", "parts", "content", "text", "toolResult", "json", "functionResponse",
                 "response", "output", "result", "inputText", "texts", "prompt"):
        if isinstance(request, dict) and name in request:
            return words(request[name])
    return json.dumps(request)


class Ask:
    """One request, as the answers need it."""

    def __init__(self, path, body, count):
        self.path, self.body = path, body
        self.model = body.get("model", "")
        text = json.dumps(body)
        # A turn that brings a tool's result gets words; one that offers tools gets a call.
        has_result = re.search(r'"role": "tool"|"tool_result"|"toolResult"|"functionResponse"|"function_call_output"', text)
        self.wants_tool = bool(not has_result and (body.get("tools") or body.get("toolConfig")))
        self.stream = body.get("stream", False)
        self.number = count
        self.id = next(fresh)
        self.pieces = [f"{count}. {words(body)}: ", *PIECES]
        self.text = "".join(self.pieces)


def sse(events, names=False, done=False):
    for event in events:
        name = f"event: {event['type']}\n" if names else ""
        yield f"{name}data: {json.dumps(event)}\n\n".encode()
    if done:
        yield b"data: [DONE]\n\n"


# OpenAI's chat completions, which Mistral, Groq and many others speak too.

def chat(ask):
    head = {"id": f"chatcmpl-{ask.id}", "created": 1700000000 + ask.id, "model": f"{ask.model}-2026-01-01", "service_tier": "default"}
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    reason = "tool_calls" if ask.wants_tool else "stop"
    call = {"id": f"call{ask.id:05}", "type": "function",
            "function": {"name": "weather", "arguments": json.dumps(ARGUMENTS)}}
    if not ask.stream:
        message = {"role": "assistant", "content": ask.text}
        if ask.wants_tool:
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
        choice = {"index": 0, "finish_reason": reason, "message": message, "logprobs": None}
        return {**head, "object": "chat.completion", "choices": [choice], "usage": usage}

    def events():
        def chunk(delta, reason=None):
            choices = [{"index": 0, "delta": delta, "finish_reason": reason}]
            return {**head, "object": "chat.completion.chunk", "choices": choices}
        yield chunk({"role": "assistant", "content": ""})
        if ask.wants_tool:
            yield chunk({"tool_calls": [{**call, "index": 0}]})
        else:
            for piece in ask.pieces:
                yield chunk({"content": piece})
        yield {**chunk({}, reason), "usage": usage}
    return sse(events(), done=True)


def embeddings(ask):
    texts = ask.body["input"] if isinstance(ask.body["input"], list) else [ask.body["input"]]
    vector = VECTOR
    if ask.body.get("encoding_format") == "base64":
        vector = base64.b64encode(struct.pack(f"<{len(VECTOR)}f", *VECTOR)).decode()
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, _ in enumerate(texts)]
    usage = {"prompt_tokens": 5, "total_tokens": 5, "completion_tokens": 0}
    return {"id": f"emb-{ask.id}", "object": "list", "data": data, "model": ask.model, "usage": usage}


def responses(ask):
    if ask.wants_tool:
        item = {"type": "function_call", "id": f"fc_{ask.id}", "call_id": f"call_{ask.id}", "name": "weather",
                "arguments": json.dumps(ARGUMENTS), "status": "completed"}
    else:
        part = {"type": "output_text", "text": ask.text, "annotations": [], "logprobs": []}
        item = {"type": "message", "id": f"msg_{ask.id}", "role": "assistant", "status": "completed", "content": [part]}
    usage = {"input_tokens": 11, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 7,
             "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 18}
    head = {"id": f"resp_{ask.id}", "object": "response", "created_at": 1700000000 + ask.id, "model": ask.model,
            "parallel_tool_calls": True, "tool_choice": "auto", "tools": ask.body.get("tools") or [], "error": None,
            "incomplete_details": None, "instructions": None, "metadata": {}, "temperature": 1.0, "top_p": 1.0}
    whole = {**head, "status": "completed", "output": [item], "usage": usage}
    if not ask.stream:
        return whole

    def events():
        started = {**head, "status": "in_progress", "output": [], "usage": None}
        yield {"type": "response.created", "response": started}
        place = {"output_index": 0, "item_id": item["id"]}
        if ask.wants_tool:
            yield {"type": "response.output_item.added", "output_index": 0, "item": {**item, "arguments": "", "status": "in_progress"}}
            yield {"type": "response.function_call_arguments.delta", **place, "delta": item["arguments"]}
            yield {"type": "response.function_call_arguments.done", **place, "arguments": item["arguments"]}
        else:
            place["content_index"] = 0
            yield {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": [], "status": "in_progress"}}
            yield {"type": "response.content_part.added", **place, "part": {**part, "text": ""}}
            for piece in ask.pieces:
                yield {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []}
            yield {"type": "response.output_text.done", **place, "text": ask.text, "logprobs": []}
            yield {"type": "response.content_part.done", **place, "part": part}
        yield {"type": "response.output_item.done", "output_index": 0, "item": item}
        yield {"type": "response.completed", "response": whole}
    return sse(({**event, "sequence_number": n} for n, event in enumerate(events())), names=True)


def messages(ask):
    usage = {"input_tokens": 11, "output_tokens": 7, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    block = {"type": "text", "text": ask.text}
    if ask.wants_tool:
        block = {"type": "tool_use", "id": f"toolu_{ask.id}", "name": "weather", "input": ARGUMENTS}
    reason = "tool_use" if ask.wants_tool else "end_turn"
    head = {"id": f"msg_{ask.id}", "type": "message", "role": "assistant", "model": ask.model, "stop_sequence": None}
    if not ask.stream:
        return {**head, "content": [block], "stop_reason": reason, "usage": usage}

    def events():
        yield {"type": "message_start", "message": {**head, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}}
        empty = {**block, "input": {}} if ask.wants_tool else {**block, "text": ""}
        yield {"type": "content_block_start", "index": 0, "content_block": empty}
        deltas = [{"type": "text_delta", "text": piece} for piece in ask.pieces]
        if ask.wants_tool:
            deltas = [{"type": "input_json_delta", "partial_json": json.dumps(ARGUMENTS)}]
        for delta in deltas:
            yield {"type": "content_block_delta", "index": 0, "delta": delta}
        yield {"type": "content_block_stop", "index": 0}
        yield {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": {"output_tokens": 7}}
        yield {"type": "message_stop"}
    return sse(events(), names=True)


def gemini(ask):
    def answer(parts, last=True):
        candidate = {"content": {"role": "model", "parts": parts}, "index": 0, **({"finishReason": "STOP"} if last else {})}
        return {"candidates": [candidate], "modelVersion": "gemini-stand-in", "responseId": f"r{ask.id}",
                "usageMetadata": {"promptTokenCount": 11, "candidatesTokenCount": 7, "totalTokenCount": 18}}
    call = [{"functionCall": {"name": "weather", "args": ARGUMENTS}}]
    if "streamGenerateContent" not in ask.path:
        return answer(call if ask.wants_tool else [{"text": ask.text}])
    pieces = [call] if ask.wants_tool else [[{"text": piece}] for piece in ask.pieces]
    return sse(answer(parts, last=parts is pieces[-1]) for parts in pieces)


def gemini_embeddings(ask):
    if ask.path.endswith(":embedContent"):
        return {"embedding": {"values": VECTOR}}
    return {"embeddings": [{"values": VECTOR} for _ in ask.body["requests"]]}


def cohere(ask):
    call = {"id": f"weather_{ask.id}", "type": "function", "function": {"name": "weather", "arguments": json.dumps(ARGUMENTS)}}
    reason = "TOOL_CALL" if ask.wants_tool else "COMPLETE"
    usage = {"billed_units": {"input_tokens": 11, "output_tokens": 7}, "tokens": {"input_tokens": 11, "output_tokens": 7}}
    if not ask.stream:
        message = {"role": "assistant", "content": [{"type": "text", "text": ask.text}]}
        if ask.wants_tool:
            message = {"role": "assistant", "tool_calls": [call], "tool_plan": "I look it up."}
        return {"id": f"c{ask.id}", "finish_reason": reason, "message": message, "usage": usage}

    def events():
        yield {"type": "message-start", "id": f"c{ask.id}", "delta": {"message": {"role": "assistant"}}}
        def delta(kind, **message):
            return {"type": kind, "index": 0, "delta": {"message": message}}
        if ask.wants_tool:
            yield delta("tool-call-start", tool_calls=call)
        else:
            yield delta("content-start", content={"type": "text", "text": ""})
            for piece in ask.pieces:
                yield delta("content-delta", content={"text": piece})
        yield {"type": "tool-call-end" if ask.wants_tool else "content-end", "index": 0}
        yield {"type": "message-end", "delta": {"finish_reason": reason, "usage": usage}}
    return sse(events(), names=True)


def cohere_embeddings(ask):
    texts = ask.body["texts"]
    return {"id": f"e{ask.id}", "texts": texts, "embeddings": {"float": [VECTOR for _ in texts]},
            "meta": {"api_version": {"version": "2"}, "billed_units": {"input_tokens": 5}}, "response_type": "embeddings_by_type"}


def ollama(ask):
    call = {"function": {"name": "weather", "arguments": ARGUMENTS}}
    def line(message, done):
        counts = {"done_reason": "stop", "prompt_eval_count": 11, "eval_count": 7} if done else {}
        return {"model": ask.model, "created_at": f"2026-01-01T00:00:00.{ask.id:06}Z", "message": {"role": "assistant", **message},
                "done": done, **counts}
    whole = {"content": "", "tool_calls": [call]} if ask.wants_tool else {"content": ask.text}
    # Ollama streams unless it is told not to.
    if ask.body.get("stream", True) is False:
        return line(whole, True)
    pieces = [whole] if ask.wants_tool else [{"content": piece} for piece in ask.pieces]
    lines = [*(line(piece, False) for piece in pieces), line({"content": ""}, True)]
    return (json.dumps(each).encode() + b"\n" for each in lines)


def ollama_embeddings(ask):
    texts = ask.body["input"] if isinstance(ask.body["input"], list) else [ask.body["input"]]
    return {"model": ask.model, "embeddings": [VECTOR for _ in texts], "prompt_eval_count": 5}


def frame(kind, payload):
    """A frame of an AWS event stream, with the two checksums that clients check."""
    headers = b""
    for name, value in ((":event-type", kind), (":content-type", "application/json"), (":message-type", "event")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + body
    return message + struct.pack(">I", zlib.crc32(message))


def converse(ask):
    call = {"toolUseId": f"tooluse_{ask.id}", "name": "weather"}
    reason = "tool_use" if ask.wants_tool else "end_turn"
    tail = {"usage": {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18}, "metrics": {"latencyMs": 20 + ask.id}}
    if ask.path.endswith("/converse"):
        block = {"toolUse": {**call, "input": ARGUMENTS}} if ask.wants_tool else {"text": ask.text}
        return {"output": {"message": {"role": "assistant", "content": [block]}}, "stopReason": reason, **tail}

    def frames():
        yield frame("messageStart", {"role": "assistant"})
        deltas = [{"text": piece} for piece in ask.pieces]
        if ask.wants_tool:
            yield frame("contentBlockStart", {"contentBlockIndex": 0, "start": {"toolUse": call}})
            deltas = [{"toolUse": {"input": json.dumps(ARGUMENTS)}}]
        for delta in deltas:
            yield frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": delta})
        yield frame("contentBlockStop", {"contentBlockIndex": 0})
        yield frame("messageStop", {"stopReason": reason})
        yield frame("metadata", tail)
    return frames()


def titan(ask):
    return {"embedding": VECTOR, "inputTextTokenCount": 5}


def error(message, kind):
    return {"error": {"message": message, "type": kind, "param": None, "code": kind}}


def anthropic_error(message, kind):
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


def gemini_error(message, kind):
    return {"error": {"code": 404, "message": message, "status": "NOT_FOUND"}}


def flat_error(message, kind):
    return {"message": message}


def ollama_error(message, kind):
    return {"error": message}


SSE = "text/event-stream"
# Where a request goes: the end of its path, how it is answered, the type of a streamed answer, and the form of an error.
ROUTES = [
    (r"/chat/completions$", chat, SSE, error),
    (r"/v1/embeddings$", embeddings, SSE, error),
    (r"/responses$", responses, SSE, error),
    (r"/v1/messages$", messages, SSE, anthropic_error),
    (r":(streamGenerateContent|generateContent)$", gemini, SSE, gemini_error),
    (r":(batchEmbedContents|embedContent)$", gemini_embeddings, SSE, gemini_error),
    (r"/v2/chat$", cohere, SSE, flat_error),
    (r"/v2/embed$", cohere_embeddings, SSE, flat_error),
    (r"/api/chat$", ollama, "application/x-ndjson", ollama_error),
    (r"/api/embed$", ollama_embeddings, SSE, ollama_error),
    (r"/model/[^/]+/converse(-stream)?$", converse, "application/vnd.amazon.eventstream", flat_error),
    (r"/model/[^/]+/invoke$", titan, SSE, flat_error),
]


def key_of(headers, query):
    """The key that a request carries, in whatever way its SDK sends it."""
    bearer = headers.get("authorization", "")
    signed = re.search(r"Credential=([^/]+)/", bearer)
    return (signed and signed[1] or bearer.removeprefix("Bearer ") or headers.get("x-api-key") or headers.get("x-goog-api-key")
            or headers.get("api-key") or query.get("key", [""])[0])


def signature(method, path, headers, body, secret):
    """What a request to AWS has to be signed with (Signature Version 4), or `None` for one that is not signed."""
    said = re.match(r"AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=", headers.get("authorization", ""))
    if said is None:
        return None
    _, day, region, service, kind = said[1].split("/")
    names = said[2].split(";")
    lines = [f"{name}:{' '.join((headers.get(name) or '').split())}\n" for name in names]
    digest = hashlib.sha256(body).hexdigest()
    # All services but S3 sign the path with what is encoded in it encoded once more.
    asked = "\n".join([method, urllib.parse.quote(path, safe="/-_.~"), "", "".join(lines), said[2], digest])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers.get("x-amz-date", ""), "/".join([day, region, service, kind]),
                         hashlib.sha256(asked.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (day, region, service, kind, to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body of a short answer leave in one packet, and no chunk waits for a packet to be confirmed.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self):
        with self.server.lock:
            body = json.dumps(self.server.asked).encode()
        self.answer(200, "application/json", body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        address = urllib.parse.urlsplit(self.path)
        path = urllib.parse.unquote(address.path)
        key = key_of(self.headers, urllib.parse.parse_qs(address.query))
        with self.server.lock:
            self.server.asked.append({
                "path": self.path, "key": key, "key_in": [name for name in ("authorization", "x-api-key", "x-goog-api-key", "api-key") if name in self.headers],
                "agent": self.headers.get("user-agent", ""), "http": self.request_version, "bytes": len(body)})
            self.server.times[path, body] += 1
            count = self.server.times[path, body]
        route = next((route for route in ROUTES if re.search(route[0], path)), None)
        if route is None:
            return self.answer(404, "text/plain", f"nobody answers at {path}\n".encode())
        _, speak, streamed, wrong = route
        if self.server.key and key != self.server.key and speak not in (ollama, ollama_embeddings):
            return self.json(401, wrong(f"the key is {key!r}, not the real one", "authentication_error"))
        due = self.server.key and signature("POST", address.path, self.headers, body, self.server.key)
        if due and not self.headers["authorization"].endswith(f"Signature={due}"):
            return self.json(403, wrong("the signature does not match", "InvalidSignatureException"))
        ask = Ask(path, json.loads(body), count)
        if "no-such-model" in ask.model + path:
            return self.json(404, wrong("the model `no-such-model` does not exist", "not_found_error"))
        answer = speak(ask)
        if isinstance(answer, dict):
            return self.json(200, answer)
        self.send_response(200)
        self.send_header("content-type", streamed)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for piece in answer:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def json(self, status, value):
        self.answer(status, "application/json", json.dumps(value).encode())

    def answer(self, status, media_type, body):
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(body)))
        if status == 404 and "aws" in self.headers.get("user-agent", "").lower():
            self.send_header("x-amzn-errortype", "ResourceNotFoundException")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, request, client_address):
        """A program that ends leaves connections behind, which is no news."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def start(key=None):
    server = Server(("127.0.0.1", 0), Handler)
    server.key, server.lock, server.asked, server.times = key, threading.Lock(), [], collections.Counter()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--key", help="turn away requests with another key")
    parser.add_argument("--port-file", help="where to write the port once it listens")
    options = parser.parse_args()
    server = start(options.key)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    if options.port_file:
        with open(options.port_file, "w") as file:
            file.write(f"{server.server_port}\n")
    threading.Event().wait()
