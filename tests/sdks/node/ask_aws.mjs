// `@aws-sdk/client-bedrock-runtime`: AWS_ENDPOINT_URL_BEDROCK_RUNTIME. To such a server it speaks HTTP/2 from the first byte.
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime'

export const MODEL = 'amazon.nova-lite-v1:0'
const json = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const toolConfig = { tools: [{ toolSpec: { name: 'weather', inputSchema: { json } } }] }
const user = block => ({ role: 'user', content: [block] })

export function client(accessKeyId) {
  return new BedrockRuntimeClient({ region: 'us-east-1', credentials: { accessKeyId, secretAccessKey: 'none' } })
}

export async function chat(client, modelId, text) {
  const answer = await client.send(new ConverseCommand({ modelId, messages: [user({ text })] }))
  return answer.output.message.content[0].text
}

export async function stream(client, modelId, text) {
  const pieces = []
  const answer = await client.send(new ConverseStreamCommand({ modelId, messages: [user({ text })] }))
  for await (const event of answer.stream) {
    if (event.contentBlockDelta) pieces.push(event.contentBlockDelta.delta.text)
  }
  return pieces
}

export async function tools(client, modelId, text) {
  const asked = (await client.send(new ConverseCommand({ modelId, messages: [user({ text })], toolConfig }))).output.message
  const call = asked.content[0].toolUse
  const told = user({ toolResult: { toolUseId: call.toolUseId, content: [{ text: '17 °C' }] } })
  const messages = [user({ text }), asked, told]
  const answer = await client.send(new ConverseCommand({ modelId, messages, toolConfig }))
  return [call.toolUseId, call.name, call.input, answer.output.message.content[0].text]
}

export function embeddings(client, texts) {
  const modelId = 'amazon.titan-embed-text-v2:0'
  return Promise.all(texts.map(async inputText => {
    const answer = await client.send(new InvokeModelCommand({ modelId, body: JSON.stringify({ inputText }) }))
    return JSON.parse(answer.body.transformToString()).embedding
  }))
}
