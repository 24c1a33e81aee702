import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Container } from 'dockerode'
import { demux } from './demux.ts'
import type { Engine } from './engine.ts'

export interface Streams {
  readonly stdin: boolean
  /** Both of what it says, multiplexed: read it with `demux`, to its end, or destroy the connection. */
  readonly output: boolean
}

/**
 * Connects to the standard streams of a container that is about to be started. A connection without output tells nothing of
 * the container's end, because the engine keeps it for as long as we may still write: who asks for one destroys it.
 */
export const attach = async (engine: Engine, container: Container, { stdin, output }: Streams): Promise<Socket> => {
  const socket = (await engine.call('attach to a container', () =>
    container.attach({ stream: true, hijack: true, stdin, stdout: output, stderr: output }),
  )) as unknown as Socket
  // A program that ends before it has read everything closes the pipe; that is no failure.
  socket.on('error', () => {})
  if (!output) socket.resume()
  return socket
}

/** What the program in a container says on stdout and hears on stdin, out of the engine's multiplexed stream. */
export const overAttach = (socket: Duplex): Duplex => {
  const stream = new Duplex({
    read: () => {},
    write: (bytes, _encoding, done) => void socket.write(bytes, done),
    final: (done) => void socket.end(done),
    destroy: (cause, done) => {
      socket.destroy()
      done(cause)
    },
  })
  const listen = async () => {
    for await (const frame of demux(socket)) if (frame.stream === 'stdout') stream.push(frame.bytes)
    stream.push(null)
  }
  listen().catch((cause: Error) => stream.destroy(cause))
  return stream
}
