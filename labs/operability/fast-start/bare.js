// A server that has nothing to load: what a start costs here and now.
import { createServer } from 'node:http'

createServer((_request, response) => response.end('ready\n')).listen(8080)
