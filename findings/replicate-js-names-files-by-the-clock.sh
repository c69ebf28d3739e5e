#!/usr/bin/env bash
# Replicate's JavaScript SDK puts the time into the name of an uploaded file.
#
# One expects: a program that gives the same bytes to the same model sends the same requests in each
#   run, as Replicate's Python SDK does with an open file.
# What happens: an input that is a Blob or a Buffer is uploaded first, and is named `blob_` or `buffer_`
#   and the time in milliseconds. So the form's body is new in each run, and a recorder that compares
#   bodies misses the upload; the prediction after it has the URL from the answer, and matches.
#   An input of the type File keeps its name.
# Seen with: replicate 1.4.0 (JavaScript); 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 300 npm install --silent --no-audit --no-fund --prefix js replicate@1.4.0

cat > js/run.mjs <<'JS'
import { Buffer, File } from 'node:buffer'
import http from 'node:http'
import Replicate from 'replicate'

const names = []
const server = http.createServer((request, response) => {
  let body = ''
  request.setEncoding('latin1').on('data', (chunk) => { body += chunk }).on('end', () => {
    const base = `http://127.0.0.1:${server.address().port}/v1`
    if (request.url === '/v1/files') names.push(body.match(/name="content"; filename="([^"]*)"/)[1])
    response.setHeader('content-type', 'application/json')
    response.statusCode = 201
    response.end(JSON.stringify(request.url === '/v1/files'
      ? { id: 'f1', name: 'f', content_type: 'text/plain', size: 5, urls: { get: `${base}/files/f1` } }
      : { id: 'p1', model: 'owner/model', version: 'v', input: {}, status: 'succeeded', output: 'hello', error: null,
          urls: { get: `${base}/predictions/p1`, cancel: `${base}/predictions/p1/cancel` } }))
  })
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const client = new Replicate({ auth: 'test', baseUrl: `http://127.0.0.1:${server.address().port}/v1` })
for (let run = 0; run < 2; run += 1) {
  for (const input of [new Blob(['bytes']), Buffer.from('bytes'), new File(['bytes'], 'my.txt')]) {
    await client.run('owner/model', { input: { file: input } })
  }
  await new Promise((resolve) => setTimeout(resolve, 20))
}
server.close()
server.closeAllConnections()
console.log('uploaded in two runs as', names)
const [blob, buffer, file, blobAgain, bufferAgain, fileAgain] = names
const byClock = (name, word) => name.startsWith(word) && Math.abs(Number(name.slice(word.length)) - Date.now()) < 60_000
const asDescribed = byClock(blob, 'blob_') && byClock(blobAgain, 'blob_') && blob !== blobAgain
  && byClock(buffer, 'buffer_') && byClock(bufferAgain, 'buffer_') && buffer !== bufferAgain
  && file === 'my.txt' && fileAgain === 'my.txt'
if (!asDescribed) {
  console.error('the behaviour has changed')
  process.exit(1)
}
JS
env -i PATH="$PATH" HOME="$work" timeout 60 node js/run.mjs
