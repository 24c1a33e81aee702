// The ferry timetable. The image has Node; this file comes into the Pod by the ConfigMap `timetable`.
import { createServer } from 'node:http'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const PORT = 8080
/** After SIGTERM it goes on as before for so long, and only then closes its port. */
const STOP_DELAY_SECONDS = Number(process.env.STOP_DELAY_SECONDS ?? 0)
const LOADING_MS = 5000
const EXPORT_SECONDS = 4

let loaded = false

/** A year of departures, written out a little at a time. */
async function exportYear(response) {
  response.writeHead(200, { 'content-type': 'text/csv' })
  for (let second = 0; second < EXPORT_SECONDS; second++) {
    response.write(`quarter ${second + 1}\n`)
    await sleep(1000)
  }
  response.end('end\n')
}

const server = createServer(async (request, response) => {
  response.setHeader('x-served-by', hostname())
  response.setHeader('connection', 'close')
  // Alive: the process answers. It says nothing about the timetable.
  if (request.url === '/livez') return response.end('alive\n')
  // Everything else needs the timetable, /readyz included.
  if (!loaded) return response.writeHead(503).end('the timetable is still being read\n')
  if (request.url === '/readyz') return response.end('ready\n')
  if (request.url === '/export') return exportYear(response)
  await sleep(20)
  response.end('09:10 Ogijima\n')
})

server.listen(PORT, () => console.log(`listening on port ${PORT}, reading the timetable`))
await sleep(LOADING_MS)
loaded = true
console.log('the timetable is read')

process.on('SIGTERM', async () => {
  console.log(`SIGTERM: closing the port in ${STOP_DELAY_SECONDS} s`)
  await sleep(STOP_DELAY_SECONDS * 1000)
  console.log('closing the port, finishing what is open')
  server.close(() => process.exit(0))
})
