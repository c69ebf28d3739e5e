#!/usr/bin/env bash
# What nock records of an upload it cannot replay; nock 14 refuses to load its own recording.
#
# One expects: `nock.recorder` records what OpenAI's SDK sends, and `nock.define` replays it, an upload like
#   a chat.
# What happens: chats, streams, compressed answers and sounds are replayed. An upload is a miss, since nock
#   compares the form as a text, and its boundary is new each time. And before an upload the SDK fetches
#   `data:,` to see what the runtime can; nock 14 records that as a request to the path `,`, and
#   `define` raises for the whole recording. nock 15 has left that out; there a miss is no error of the
#   connection but an answer with the status 501.
# Seen with: nock 14.0.17 and 15.0.2, openai 7.59.0 on Node 24; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# A Node of the script's own: nock 15 takes Node 20 to be enough, but `Promise.withResolvers` came with 22.
timeout 400 npm install --silent --no-audit --no-fund --prefix js openai@7.59.0 nock14@npm:nock@14.0.17 nock15@npm:nock@15.0.2 \
  node@24.21.0

cat > js/check.mjs <<'JS'
import http from 'node:http'
import zlib from 'node:zlib'
import OpenAI, { toFile } from 'openai'

const nock = (await import(process.argv[2])).default
const message = { role: 'assistant', content: 'hello' }
const chat = JSON.stringify({
  id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] })
const delta = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: message }] }
const server = http.createServer(async (request, response) => {
  let body = ''
  for await (const part of request) body += part
  const answer = (type, content, encoding) => {
    if (encoding) response.setHeader('content-encoding', encoding)
    response.setHeader('content-type', type).end(content)
  }
  if (request.url === '/files') answer('application/json', '{"id":"f"}')
  else if (request.url === '/audio/speech') answer('audio/mpeg', Buffer.from([255, 0, 128, 10]))
  else if (JSON.parse(body).stream) answer('text/event-stream', `data: ${JSON.stringify(delta)}\n\ndata: [DONE]\n\n`)
  else answer('application/json', zlib.gzipSync(chat), 'gzip')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

async function outcomes() {
  // A client keeps the `fetch` of the time when it was made.
  const client = new OpenAI({ baseURL: `http://127.0.0.1:${server.address().port}`, apiKey: 'test', maxRetries: 0 })
  const messages = [{ role: 'user', content: 'hello' }]
  const calls = {
    chat: async () => (await client.chat.completions.create({ model: 'm', messages })).choices[0].message.content,
    stream: async () => {
      const chunks = await client.chat.completions.create({ model: 'm', messages, stream: true })
      for await (const chunk of chunks) return chunk.choices[0].delta.content
    },
    speech: async () => (await (await client.audio.speech.create({ model: 't', voice: 'alloy', input: 'hello' })).arrayBuffer()).byteLength,
    upload: async () => (await client.files.create({ file: await toFile(Buffer.from('{}'), 'batch.jsonl'), purpose: 'batch' })).id,
  }
  const found = {}
  for (const [name, call] of Object.entries(calls)) {
    found[name] = await call().catch((error) => `${error.constructor.name} ${error.status ?? ''}`.trim())
  }
  return found
}

nock.recorder.rec({ dont_print: true, output_objects: true })
const recording = await outcomes()
const recorded = nock.recorder.play()
nock.restore()
nock.activate()
nock.disableNetConnect()
let loaded = 'loads'
try {
  nock.define(recorded)
} catch (error) {
  loaded = error.message
  nock.cleanAll()
  nock.define(recorded.filter((one) => one.path !== ','))
}
const replay = await outcomes()
server.close()
server.closeAllConnections()
console.log(process.argv[2], 'records the paths', recorded.map((one) => one.path).join(' '), 'and then the recording:', loaded)
console.log('recording', recording)
console.log('replay', replay)
const replayed = { chat: 'hello', stream: 'hello', speech: 4 }
const old = process.argv[2] === 'nock14'
const upload = old ? 'APIConnectionError' : 'InternalServerError 501'
const asDescribed = loaded.startsWith('Non-wildcard URL path strings must begin with a slash') === old
  && recorded.some((one) => one.path === ',') === old
  && JSON.stringify(recording) === JSON.stringify({ ...replayed, upload: 'f' })
  && JSON.stringify(replay) === JSON.stringify({ ...replayed, upload })
if (!asDescribed) {
  console.error('the behaviour has changed')
  process.exit(1)
}
JS
for version in nock14 nock15; do
  env -i PATH="$PATH" HOME="$work" timeout 60 js/node_modules/.bin/node js/check.mjs "$version"
done
