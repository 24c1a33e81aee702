// Prints parcel labels: books each parcel with the carrier and keeps its label until the printer fetches it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const { CARRIER_URL } = process.env
const CARRIER_KEY = readFileSync('/run/secrets/carrier-key', 'utf8').trim()
// The only place that can be written.
const FOLDER = '/tmp/labels'

mkdirSync(FOLDER, { recursive: true })

async function book(parcel) {
  const request = { method: 'POST', headers: { authorization: `Bearer ${CARRIER_KEY}` }, body: parcel }
  // For the day the carrier complains.
  writeFileSync(`${FOLDER}/last-request.json`, JSON.stringify(request))
  const answer = await fetch(`${CARRIER_URL}/parcels`, request)
  if (!answer.ok) throw new Error(`the carrier answered ${answer.status}`)
  return (await answer.json()).number
}

async function print(request, response) {
  const parcel = await text(request)
  const number = await book(parcel)
  writeFileSync(`${FOLDER}/${number}`, `${number}\n${JSON.parse(parcel).to}\n`)
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ number }))
}

const server = createServer(async (request, response) => {
  const [, number] = /^\/labels\/(HB-\d+)$/.exec(request.url) ?? []
  try {
    if (request.method === 'POST' && request.url === '/labels') await print(request, response)
    else if (number !== undefined) response.end(await readFile(`${FOLDER}/${number}`))
    else response.writeHead(404).end()
  } catch (error) {
    console.error(`${request.method} ${request.url} failed: ${error.message}`)
    response.writeHead(502).end()
  }
})

server.listen(8080, () => console.log('printing labels on port 8080'))
