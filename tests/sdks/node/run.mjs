// Runs the program of each SDK (`ask_*.mjs`), eight at once, and writes what each of them saw as JSON.
//
//     node run.mjs OUT PROMISES [--backwards]
//
// PROMISES is a list such as `chat,stream,crowd`; a crowd are eight that ask the same at once. Programs find the server
// by the variables that their SDKs read, and say by their key whose cassette they mean.
import { readdirSync, writeFileSync } from 'node:fs'

const QUESTION = 'Name three rivers.'
const WEATHER = 'What is the weather in Lisbon?'
// A question that its cassette does not hold is put to the one of another program, so that there is something near.
const CASSETTES = { miss: 'chat', 'missed-stream': 'stream' }

async function once(sdk, name, promise) {
  if (CASSETTES[promise]) name = name.slice(0, -promise.length) + CASSETTES[promise]
  const client = sdk.client(`sk-cassette-${name}`)
  switch (promise) {
    case 'chat':
      // The same question again is a recording of its own.
      return [await sdk.chat(client, sdk.MODEL, QUESTION), await sdk.chat(client, sdk.MODEL, QUESTION)]
    case 'stream':
      return sdk.stream(client, sdk.MODEL, QUESTION)
    case 'tools':
      return sdk.tools(client, sdk.MODEL, WEATHER)
    case 'embeddings':
      return sdk.embeddings(client, ['Danube', 'Loire'])
    case 'error':
      return sdk.chat(client, 'no-such-model', QUESTION)
    case 'miss':
      return sdk.chat(client, sdk.MODEL, 'Name four rivers.')
    case 'missed-stream':
      return sdk.stream(client, sdk.MODEL, 'Name four rivers.')
  }
}

async function seen(sdk, name, promise) {
  try {
    return { got: await once(sdk, name, promise) }
  } catch (error) {
    return { raised: error.constructor.name, status: error.status ?? error.statusCode ?? error.$metadata?.httpStatusCode ?? null, message: error.message, trace: error.stack }
  }
}

const [out, list, ...options] = process.argv.slice(2)
const promises = list.split(',')
const files = readdirSync(import.meta.dirname).filter(file => /^ask_.*\.mjs$/.test(file)).sort()
const sdks = {}
for (const file of files) sdks[file.slice(4, -4)] = await import(`./${file}`)

const jobs = []
for (const [name, sdk] of Object.entries(sdks)) {
  for (const promise of promises) {
    if (promise === 'crowd' || (promise === 'embeddings' && !sdk.embeddings)) continue
    jobs.push([name, `node-${name}-${promise}`, promise])
  }
}
if (promises.includes('crowd')) {
  for (let number = 0; number < 8; number++) jobs.push(['openai', `node-openai-crowd-${number}`, 'chat'])
}
if (options.includes('--backwards')) jobs.reverse()

const results = {}
async function worker() {
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    const [sdk, name, promise] = job
    results[name] = await seen(sdks[sdk], name, promise)
  }
}
await Promise.all(Array.from({ length: 8 }, worker))
writeFileSync(out, JSON.stringify(results, null, 1))
