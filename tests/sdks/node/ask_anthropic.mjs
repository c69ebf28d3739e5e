// `@anthropic-ai/sdk`: ANTHROPIC_BASE_URL. The provider has no embeddings.
import Anthropic from '@anthropic-ai/sdk'

export const MODEL = 'claude-haiku-4-5'
const input_schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools_ = [{ name: 'weather', input_schema }]
const user = content => ({ role: 'user', content })
const max_tokens = 100

export const client = apiKey => new Anthropic({ apiKey })

export async function chat(client, model, question) {
  return (await client.messages.create({ model, max_tokens, messages: [user(question)] })).content[0].text
}

export async function stream(client, model, question) {
  const pieces = []
  for await (const event of client.messages.stream({ model, max_tokens, messages: [user(question)] })) {
    if (event.type === 'content_block_delta') pieces.push(event.delta.text)
  }
  return pieces
}

export async function tools(client, model, question) {
  const asked = await client.messages.create({ model, max_tokens, messages: [user(question)], tools: tools_ })
  const call = asked.content[0]
  const told = user([{ type: 'tool_result', tool_use_id: call.id, content: '17 °C' }])
  const messages = [user(question), { role: 'assistant', content: asked.content }, told]
  const answer = await client.messages.create({ model, max_tokens, messages, tools: tools_ })
  return [call.id, call.name, call.input, answer.content[0].text]
}
