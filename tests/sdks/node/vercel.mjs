// What a program does with Vercel's `ai`, whoever the provider is.
import { embedMany, generateText, streamText, stepCountIs, tool } from 'ai'
import { z } from 'zod'

const weather = tool({ inputSchema: z.object({ city: z.string() }), execute: async () => '17 °C' })

export async function chat(client, model, prompt) {
  return (await generateText({ model: client(model), prompt })).text
}

export async function stream(client, model, prompt) {
  const pieces = []
  let failure
  const { textStream } = streamText({ model: client(model), prompt, onError: ({ error }) => { failure = error } })
  for await (const piece of textStream) pieces.push(piece)
  if (failure) throw failure
  return pieces
}

export async function tools(client, model, prompt) {
  const { text, steps } = await generateText({ model: client(model), prompt, tools: { weather }, stopWhen: stepCountIs(3) })
  const call = steps[0].toolCalls[0]
  return [call.toolCallId, call.toolName, call.input, text]
}

export async function embeddings(client, values) {
  return (await embedMany({ model: client.embedding('text-embedding-3-small'), values })).embeddings
}
