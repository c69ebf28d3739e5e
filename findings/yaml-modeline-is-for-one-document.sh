#!/usr/bin/env bash
# An editor checks the first document of a YAML file against the schema that the file names.
#
# One expects: `# yaml-language-server: $schema=…` at the top of a file holds for the whole file, as the
#   same schema does that the editor's settings give to the file's name.
# What happens: the line belongs to the document in whose head it stands. Mistakes in the second document,
#   and in all after it, are not marked, so a file of recordings, each in a document of its own, looks
#   valid. The line has to stand behind each `---`; the setting `yaml.schemas` needs no line.
# Seen with: yaml-language-server 1.25.0 (the server of VS Code's YAML extension and of others);
#   2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 300 npm install --silent --no-audit --no-fund --prefix js yaml-language-server@1.25.0

cat > js/check.mjs <<'JS'
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { pathToFileURL } from 'node:url'

const schema = { type: 'object', properties: { key: { type: 'string' } } }
fs.writeFileSync('schema.json', JSON.stringify(schema))
const line = '# yaml-language-server: $schema=./schema.json\n'
// The key of each document should be a string.
const files = {
  'line_at_the_top.yaml': line + '--- # first\nkey: 1\n...\n--- # second\nkey: 2\n...\n--- # third\nkey: 3\n...\n',
  'line_in_each_document.yaml': '---\n' + line + 'key: 1\n...\n---\n' + line + 'key: 2\n...\n',
  'by_setting.yaml': '--- # first\nkey: 1\n...\n--- # second\nkey: 2\n...\n',
}
const root = pathToFileURL(process.cwd()).href
const settings = { validate: true, schemaStore: { enable: false }, schemas: { [`${root}/schema.json`]: 'by_setting.yaml' } }
const found = {}
const server = spawn('node', ['js/node_modules/yaml-language-server/bin/yaml-language-server', '--stdio'], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const send = (message) => {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message })
  server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
}

function receive(message) {
  if (message.id === 'hello') {
    send({ method: 'initialized', params: {} })
    for (const [name, text] of Object.entries(files)) {
      send({ method: 'textDocument/didOpen', params: { textDocument: { uri: `${root}/${name}`, languageId: 'yaml', version: 1, text } } })
    }
  } else if (message.method === 'workspace/configuration') {
    send({ id: message.id, result: message.params.items.map((item) => (item.section === 'yaml' ? settings : {})) })
  } else if (message.method && message.id !== undefined) {
    send({ id: message.id, result: null })
  } else if (message.method === 'textDocument/publishDiagnostics') {
    const { uri, diagnostics } = message.params
    found[uri.split('/').pop()] = diagnostics.map((mark) => `line ${mark.range.start.line + 1}: ${mark.message}`)
    if (Object.keys(found).length === Object.keys(files).length) finish()
  }
}

function finish() {
  server.kill()
  for (const name of Object.keys(files)) console.log(name, found[name])
  const wrong = (...lines) => lines.map((number) => `line ${number}: Incorrect type. Expected "string".`)
  const expected = { 'line_at_the_top.yaml': wrong(3), 'line_in_each_document.yaml': wrong(3, 7), 'by_setting.yaml': wrong(2, 5) }
  const asDescribed = Object.keys(files).every((name) => JSON.stringify(found[name]) === JSON.stringify(expected[name]))
  if (!asDescribed) console.error('the behaviour has changed')
  process.exit(asDescribed ? 0 : 1)
}

let waiting = Buffer.alloc(0)
server.stdout.on('data', (data) => {
  waiting = Buffer.concat([waiting, data])
  for (;;) {
    const head = waiting.toString('latin1').match(/^Content-Length: (\d+)\r\n\r\n/)
    if (!head || waiting.length < head[0].length + Number(head[1])) return
    const end = head[0].length + Number(head[1])
    const message = JSON.parse(waiting.subarray(head[0].length, end))
    waiting = waiting.subarray(end)
    receive(message)
  }
})
setTimeout(() => {
  server.kill()
  console.error('the language server has not said all within 60 seconds:', found)
  process.exit(1)
}, 60_000)
send({ id: 'hello', method: 'initialize', params: {
  processId: process.pid, rootUri: root, capabilities: { workspace: { configuration: true } },
  workspaceFolders: [{ uri: root, name: 'work' }] } })
JS
env -i PATH="$PATH" HOME="$work" timeout 100 node js/check.mjs
