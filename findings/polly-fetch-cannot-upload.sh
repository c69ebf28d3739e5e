#!/usr/bin/env bash
# With Polly's fetch adapter no file can be uploaded from Node.
#
# One expects: a program that uploads a file for a batch, or audio to transcribe, does so under Polly as
#   without it, and the recording has the form.
# What happens: the adapter reads a `FormData` body with `FileReader`, which browsers have and Node has
#   not. The upload fails (OpenAI's SDK calls it a connection error, and would try again), nothing
#   reaches the server, and the recording has a request for `data:,` instead. JSON, streams and
#   binary answers are recorded.
# Seen with: @pollyjs/core 6.0.6, @pollyjs/adapter-fetch 6.0.7, openai 7.59.0 on Node 20 and 24;
#   2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 400 npm install --silent --no-audit --no-fund --prefix js @pollyjs/core@6.0.6 \
  @pollyjs/adapter-fetch@6.0.7 @pollyjs/persister-fs@6.0.6 openai@7.59.0

cat > js/upload.mjs <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import { Polly } from '@pollyjs/core'
import FetchAdapter from '@pollyjs/adapter-fetch'
import FSPersister from '@pollyjs/persister-fs'
import OpenAI, { toFile } from 'openai'

const reached = []
const server = http.createServer((request, response) => {
  request.resume().on('end', () => {
    reached.push(request.url)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ id: 'one', object: 'file', data: [] }))
  })
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const baseURL = `http://127.0.0.1:${server.address().port}`
// A client keeps the `fetch` of the time when it was made.
const client = () => new OpenAI({ baseURL, apiKey: 'test', maxRetries: 0 })

async function upload() {
  try {
    return (await client().files.create({ file: await toFile(Buffer.from('{}'), 'batch.jsonl'), purpose: 'batch' })).id
  } catch (error) {
    return `${error.constructor.name}: ${error.cause?.message}`
  }
}

const without = await upload()
Polly.register(FetchAdapter)
Polly.register(FSPersister)
const polly = new Polly('uploads', {
  adapters: ['fetch'], persister: 'fs', persisterOptions: { fs: { recordingsDir: 'recordings' } }, mode: 'record',
  logLevel: 'silent',
})
await client().models.list()
const under = await upload()
await polly.stop()
server.close()
server.closeAllConnections()

const [har] = fs.readdirSync('recordings', { recursive: true }).filter((name) => name.endsWith('.har'))
const recorded = JSON.parse(fs.readFileSync(`recordings/${har}`)).log.entries.map((entry) => entry.request.url.replace(baseURL, ''))
console.log('an upload without Polly:', without)
console.log('an upload under Polly:', under)
console.log('the server got', reached, 'and the recording has', recorded)
const expected = ['one', 'APIConnectionError: FileReader is not defined', ['/files', '/models'], ['/models', 'data:,']]
if (JSON.stringify([without, under, reached, recorded.sort()]) !== JSON.stringify(expected)) {
  console.error('the behaviour has changed')
  process.exit(1)
}
JS
env -i PATH="$PATH" HOME="$work" timeout 60 node js/upload.mjs
