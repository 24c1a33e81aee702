// Stands between the service and the engine and reads what the service writes, through pipes of the same kind; ours, trusted. Told to
// hold, it reads no more, as an engine that cannot keep up does. Its argument is the pipe that is the service's stderr.
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'

let holding = Promise.withResolvers()
holding.resolve()

const control = createServer((request, response) => {
  if (request.url === '/hold') holding = Promise.withResolvers()
  else if (request.url === '/release') holding.resolve()
  response.end()
})
control.listen(9000)

const pass = async (from, to) => {
  for await (const chunk of from) {
    await holding.promise
    to.write(chunk)
  }
}

await Promise.all([pass(process.stdin, process.stdout), pass(createReadStream(process.argv[2]), process.stderr)])
// Not process.exit(): what has been read is still on its way.
control.close()
control.closeAllConnections()
