// `ai` with `@ai-sdk/anthropic`: ANTHROPIC_BASE_URL.
import { createAnthropic } from '@ai-sdk/anthropic'

export { chat, stream, tools } from './vercel.mjs'
export const MODEL = 'claude-haiku-4-5'
export const client = apiKey => createAnthropic({ apiKey })
