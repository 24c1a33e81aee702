// The registry of ships: keeps whoever asks for the index waiting, and goes away, when it is told to.
import { createServer } from 'node:http'

let holding = true
let away = false
const waiting = []

createServer((request, response) => {
  const { url, method } = request
  if (method === 'POST') {
    if (url === '/release') {
      holding = false
      for (const answer of waiting.splice(0)) answer()
    }
    if (url === '/away') away = true
    if (url === '/back') away = false
    return response.end('done\n')
  }
  if (url === '/alive') return response.end('alive\n')
  if (url === '/index') {
    const answer = () => response.end('MV Marin\nMV Asahi\n')
    return holding ? waiting.push(answer) : answer()
  }
  if (away) return response.writeHead(503).end('away\n')
  response.end('2 ships\n')
}).listen(8080)
