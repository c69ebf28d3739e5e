// Asks a server of MCP with the published client, and writes what it got as JSON: node mcp_client.mjs URL TEXT…
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'

const [url, ...texts] = process.argv.slice(2)
const client = new Client({ name: 'tests', version: '1' }, { versionNegotiation: { mode: 'auto' } })
const transport = new StreamableHTTPClientTransport(new URL(url))
await client.connect(transport)
const tools = (await client.listTools()).tools.map((tool) => tool.name)
const said = []
for (const text of texts) {
  const answer = await client.callTool({ name: 'echo', arguments: { text } })
  said.push(answer.content[0].text)
}
const prompts = await client.listPrompts().catch((error) => error.message)
console.log(JSON.stringify({ tools, said, prompts }))
await transport.terminateSession?.()
await client.close()
process.exit(0)
