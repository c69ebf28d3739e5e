#!/usr/bin/env bash
# Popular SSE parsers deliver events that have no data, and one makes an event of a comment.
#
# One expects: what the HTML standard says, and EventSource does: an event without a `data:` line is
#   not delivered, nor is a comment. So a loop may parse each event's data as JSON.
# What happens: given `: comment`, `retry: 5` and `event: ping`, each with its blank line, as servers
#   send them to keep a connection open, httpx-sse delivers two events with the data "", so does
#   @microsoft/fetch-event-source with three, and fetch-event-stream two that have no data. Parsing
#   them as JSON fails, in a recording just as live. eventsource-parser, parse-sse and sseclient-py
#   deliver none, so that the count of a recording's events depends on who reads it.
# Seen with: httpx-sse 0.4.3, sseclient-py 1.9.0, eventsource-parser 3.1.1, parse-sse 0.1.0,
#   fetch-event-stream 0.1.6, @microsoft/fetch-event-source 2.0.1; 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 120 python3 -m venv venv
timeout 300 venv/bin/pip install --quiet --disable-pip-version-check httpx==0.28.1 httpx-sse==0.4.3 sseclient-py==1.9.0
timeout 300 npm install --silent --no-audit --no-fund --prefix js eventsource-parser@3.1.1 parse-sse@0.1.0 \
  fetch-event-stream@0.1.6 @microsoft/fetch-event-source@2.0.1
printf ': comment\n\nretry: 5\n\nevent: ping\n\ndata: {"n":1}\n\ndata: {"n":2}\n\ndata: [DONE]\n\n' > stream

cat > parse.py <<'PY'
import json, httpx, httpx_sse, sseclient
stream = open("stream", "rb").read()

def answer(request):
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=stream)

with httpx.Client(transport=httpx.MockTransport(answer)) as client:
    with httpx_sse.connect_sse(client, "POST", "http://127.0.0.1/") as source:
        print("httpx-sse", json.dumps([event.data for event in source.iter_sse()]))
print("sseclient-py", json.dumps([event.data for event in sseclient.SSEClient(iter([stream])).events()]))
PY
cat > js/parse.mjs <<'JS'
import fs from 'node:fs'
import { createParser } from 'eventsource-parser'
import { parseServerSentEvents } from 'parse-sse'
import { events } from 'fetch-event-stream'
import { getBytes, getLines, getMessages } from '@microsoft/fetch-event-source/lib/cjs/parse.js'

const stream = fs.readFileSync('stream')
const response = () => new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
const show = (name, found) => console.log(name, JSON.stringify(found.map((event) => event.data ?? null)))
const all = async (source) => { const found = []; for await (const event of source) found.push(event); return found }

const parsed = []
createParser({ onEvent: (event) => parsed.push(event) }).feed(stream.toString())
show('eventsource-parser', parsed)
show('parse-sse', await all(parseServerSentEvents(response())))
show('fetch-event-stream', await all(events(response())))
const messages = []
await getBytes(response().body, getLines(getMessages(() => {}, () => {}, (message) => messages.push(message))))
show('@microsoft/fetch-event-source', messages)
JS
timeout 60 env -i PATH="$PATH" HOME="$work" venv/bin/python parse.py | tee found
timeout 60 env -i PATH="$PATH" HOME="$work" node js/parse.mjs | tee -a found
cat > expected <<'TEXT'
httpx-sse ["", "", "{\"n\":1}", "{\"n\":2}", "[DONE]"]
sseclient-py ["{\"n\":1}", "{\"n\":2}", "[DONE]"]
eventsource-parser ["{\"n\":1}","{\"n\":2}","[DONE]"]
parse-sse ["{\"n\":1}","{\"n\":2}","[DONE]"]
fetch-event-stream [null,null,"{\"n\":1}","{\"n\":2}","[DONE]"]
@microsoft/fetch-event-source ["","","","{\"n\":1}","{\"n\":2}","[DONE]"]
TEXT
cmp found expected || { echo "the behaviour has changed" >&2; exit 1; }
