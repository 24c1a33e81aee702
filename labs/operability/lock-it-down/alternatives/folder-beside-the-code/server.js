// The key is read for each parcel, so that a new one counts without a restart; labels go to the one folder that was left open.
const { readFile, writeFile } = require('node:fs/promises')
const http = require('node:http')

const { CARRIER_URL, CARRIER_KEY_FILE } = process.env

const labels = {
  async POST(request) {
    const chunks = await request.toArray()
    const parcel = Buffer.concat(chunks).toString()
    const authorization = `Bearer ${await readFile(CARRIER_KEY_FILE, 'utf8')}`
    const booked = await fetch(new URL('/parcels', CARRIER_URL), { method: 'POST', headers: { authorization }, body: parcel })
    if (booked.status !== 201) return [502, 'the carrier said no']
    const { number } = await booked.json()
    await writeFile(`labels/${number}`, `${JSON.parse(parcel).to} / ${number}`, { mode: 0o600 })
    return [201, JSON.stringify({ number })]
  },
  async GET({ url }) {
    const number = url.split('/').at(-1)
    return /^HB-\d+$/.test(number) ? [200, await readFile(`labels/${number}`, 'utf8')] : [404, '']
  },
}

http
  .createServer((request, response) => {
    labels[request.method](request).then(
      ([status, body]) => response.writeHead(status).end(body),
      () => response.writeHead(500).end(),
    )
  })
  .listen(8080)
