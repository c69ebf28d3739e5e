// `openai`: OPENAI_BASE_URL.
import OpenAI from 'openai'

export const MODEL = 'gpt-4o-mini'
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools_ = [{ type: 'function', function: { name: 'weather', parameters } }]
const user = content => ({ role: 'user', content })

export const client = apiKey => new OpenAI({ apiKey })

export async function chat(client, model, question) {
  return (await client.chat.completions.create({ model, messages: [user(question)] })).choices[0].message.content
}

export async function stream(client, model, question) {
  const pieces = []
  for await (const chunk of await client.chat.completions.create({ model, messages: [user(question)], stream: true })) {
    if (chunk.choices[0]?.delta.content) pieces.push(chunk.choices[0].delta.content)
  }
  return pieces
}

export async function tools(client, model, question) {
  const asked = (await client.chat.completions.create({ model, messages: [user(question)], tools: tools_ })).choices[0].message
  const call = asked.tool_calls[0]
  const told = { role: 'tool', tool_call_id: call.id, content: '17 °C' }
  const answer = await client.chat.completions.create({ model, messages: [user(question), asked, told], tools: tools_ })
  return [call.id, call.function.name, call.function.arguments, answer.choices[0].message.content]
}

export async function embeddings(client, input) {
  return (await client.embeddings.create({ model: 'text-embedding-3-small', input })).data.map(item => item.embedding)
}
