#!/usr/bin/env bash
# The AI SDK's MCP client asks for the server's stream before it has said hello, and once more after.
#
# One expects: a client begins with `initialize`, and asks for the stream of the server's own messages (GET),
#   if at all, with the session that it got then, as MCP's official client does.
# What happens: the first request is a GET without a session. A server that has sessions refuses it (400 from
#   MCP's own, or 405), which the client takes silently, and asks again after the handshake. So a recording
#   begins with a refusal that belongs to no session, and has two refusals where the server has no stream.
# Seen with: @ai-sdk/mcp 1.0.102, @modelcontextprotocol/client 2.4.0; 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 300 npm install --silent --no-audit --no-fund --prefix js @ai-sdk/mcp@1.0.102 @modelcontextprotocol/client@2.4.0

cat > js/check.mjs <<'JS'
import http from 'node:http'
import { createMCPClient } from '@ai-sdk/mcp'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'

let seen = []
const server = http.createServer(async (request, response) => {
  let body = ''
  for await (const part of request) body += part
  const { id, method, params } = body ? JSON.parse(body) : {}
  const session = request.headers['mcp-session-id']
  seen.push(`${request.method === 'POST' ? method : request.method} ${session ? 'in a session' : 'without one'}`)
  const answer = (status, content) => {
    response.statusCode = status
    if (content) response.setHeader('content-type', 'application/json')
    response.end(content && JSON.stringify({ jsonrpc: '2.0', ...content }))
  }
  if (request.method === 'GET') {
    if (session) answer(405)
    else answer(400, { error: { code: -32000, message: 'Bad Request: a session is needed' }, id: null })
  } else if (request.method === 'DELETE') answer(200)
  else if (id === undefined) answer(202)
  else if (method === 'initialize') {
    response.setHeader('mcp-session-id', 'session-1')
    const serverInfo = { name: 'stub', version: '1' }
    answer(200, { id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo } })
  } else answer(200, { id, result: { tools: [] } })
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}/mcp`

async function aiSdk() {
  const client = await createMCPClient({ transport: { type: 'http', url } })
  await client.tools()
  await client.close()
}

async function official() {
  const client = new Client({ name: 'finding', version: '1' })
  await client.connect(new StreamableHTTPClientTransport(new URL(url)))
  await client.listTools()
  await client.close()
}

const runs = {}
for (const [name, run] of Object.entries({ 'AI SDK': aiSdk, official })) {
  seen = []
  await run()
  runs[name] = seen
  console.log(name, seen)
}
server.close()
server.closeAllConnections()
const gets = (name) => runs[name].filter((line) => line.startsWith('GET'))
const asDescribed = runs['AI SDK'][0] === 'GET without one' && runs['AI SDK'][1] === 'initialize without one'
  && gets('AI SDK').join() === 'GET without one,GET in a session'
  && runs.official[0] === 'initialize without one' && gets('official').join() === 'GET in a session'
if (!asDescribed) {
  console.error('the behaviour has changed')
  process.exit(1)
}
JS
env -i PATH="$PATH" HOME="$work" timeout 60 node js/check.mjs
