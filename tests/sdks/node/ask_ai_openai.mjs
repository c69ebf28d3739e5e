// `ai` with `@ai-sdk/openai`, which asks for responses: OPENAI_BASE_URL.
import { createOpenAI } from '@ai-sdk/openai'

export { chat, stream, tools, embeddings } from './vercel.mjs'
export const MODEL = 'gpt-4o-mini'
export const client = apiKey => createOpenAI({ apiKey })
