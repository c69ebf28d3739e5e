// `@google/genai`: GOOGLE_GEMINI_BASE_URL.
import { GoogleGenAI } from '@google/genai'

export const MODEL = 'gemini-2.5-flash'
const parameters = { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] }
const config = { tools: [{ functionDeclarations: [{ name: 'weather', parameters }] }] }

export const client = apiKey => new GoogleGenAI({ apiKey })

export async function chat(client, model, contents) {
  return (await client.models.generateContent({ model, contents })).text
}

export async function stream(client, model, contents) {
  const pieces = []
  for await (const chunk of await client.models.generateContentStream({ model, contents })) pieces.push(chunk.text)
  return pieces
}

export async function tools(client, model, question) {
  const asked = await client.models.generateContent({ model, contents: question, config })
  const call = asked.functionCalls[0]
  const told = { role: 'user', parts: [{ functionResponse: { name: call.name, response: { result: '17 °C' } } }] }
  const contents = [{ role: 'user', parts: [{ text: question }] }, asked.candidates[0].content, told]
  const answer = await client.models.generateContent({ model, contents, config })
  return [call.name, call.args, answer.text]
}

export async function embeddings(client, contents) {
  return (await client.models.embedContent({ model: 'gemini-embedding-001', contents })).embeddings.map(each => each.values)
}
