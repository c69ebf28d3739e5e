#!/usr/bin/env bash
# LangChain's JavaScript asks a foreign host when it streams, and without a network waits for it.
#
# One expects: `new ChatOpenAI({ streaming: true }).invoke(…)` sends one request, to the base URL, and
#   takes the usage from the answer.
# What happens: after the answer it fetches a tokenizer's table from a host that is not OpenAI's, and
#   counts the tokens itself even if the server has reported them. A recorder that catches all of the
#   process's traffic gets a request to a host that nobody named; without a network `invoke` tries
#   again for minutes (14 times in 206 seconds, once) before it gives up the count. `stream()`, and
#   `invoke` without `streaming`, ask nobody.
# Seen with: @langchain/openai 1.5.8 (the newest for Node 20), @langchain/core 1.4.0, openai 6.49.0;
#   2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 300 npm install --silent --no-audit --no-fund --prefix js \
  @langchain/openai@1.5.8 @langchain/core@1.4.0 openai@6.49.0

cat > js/check.mjs <<'JS'
import http from 'node:http'

const choice = (delta, finish_reason = null) => [{ index: 0, delta, finish_reason }]
const chunk = (rest) => ({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini', ...rest })
const usage = { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 }
const streamed = [
  chunk({ choices: choice({ role: 'assistant', content: 'Danube' }) }), chunk({ choices: choice({}, 'stop') }),
  chunk({ choices: [], usage })]
const message = { role: 'assistant', content: 'Danube' }
const whole = { ...chunk({ usage }), object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] }
const server = http.createServer(async (request, response) => {
  let body = ''
  for await (const part of request) body += part
  const stream = JSON.parse(body).stream
  response.setHeader('content-type', stream ? 'text/event-stream' : 'application/json')
  response.end(stream ? streamed.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + 'data: [DONE]\n\n'
    : JSON.stringify(whole))
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const base = `http://127.0.0.1:${server.address().port}`

// Nothing leaves the machine: other hosts are noted, and seem unreachable.
const real = globalThis.fetch
let asked = []
globalThis.fetch = async (input, options) => {
  const url = new URL(input.url ?? input)
  if (url.origin === base) return real(input, options)
  asked.push(url.host)
  throw new TypeError('fetch failed')
}
const { ChatOpenAI } = await import('@langchain/openai')
const model = (streaming) => new ChatOpenAI({
  model: 'gpt-4o-mini', apiKey: 'test', maxRetries: 0, streaming, configuration: { baseURL: `${base}/v1` } })

const foreign = {}
async function run(name, action) {
  asked = []
  const end = await Promise.race([
    action().then(() => 'answers'), new Promise((resolve) => setTimeout(resolve, 8000, 'still waits after 8 seconds'))])
  foreign[name] = [end, new Set(asked).size, asked.length > 1]
  const hosts = asked.length ? [...new Set(asked)] : 'none'
  console.log(`${name}: ${end}; foreign hosts asked: ${hosts}, ${asked.length} times`)
}
await run('invoke, offline', () => model(false).invoke('hello'))
await run('stream(), offline', async () => { for await (const _ of await model(false).stream('hello')); })
await run('invoke with streaming, offline', () => model(true).invoke('hello'))
const expected = JSON.stringify({
  'invoke, offline': ['answers', 0, false], 'stream(), offline': ['answers', 0, false],
  'invoke with streaming, offline': ['still waits after 8 seconds', 1, true] })
const asDescribed = JSON.stringify(foreign) === expected
if (!asDescribed) console.error('the behaviour has changed')
process.exit(asDescribed ? 0 : 1)
JS
env -i PATH="$PATH" HOME="$work" timeout 60 node js/check.mjs
