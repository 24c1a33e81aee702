// Who asked stands in the scope of the request; whoever logs below it need not know.
import { AsyncLocalStorage } from 'node:async_hooks'
import { Console } from 'node:console'

const scope = new AsyncLocalStorage()
const out = new Console({ stdout: process.stdout, stderr: process.stdout })

export const within = (about, run) => scope.run(about, run)

const write = (level) => (event, error) =>
  out.log(JSON.stringify({ level, time: Date.now(), event, ...scope.getStore(), ...(error && { stack: error.stack, message: error.message }) }))

export const info = write('INFO')
export const warn = write('WARNING')
export const error = write('ERROR')
