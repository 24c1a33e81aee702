import type { Socket } from 'node:net'
import type { Container } from 'dockerode'
import { demux, type Frame } from '../demux.ts'
import type { Engine } from '../engine.ts'

export interface Attached {
  readonly stdin: Socket
  frames(): AsyncGenerator<Frame, void, void>
  /** Everything it says until it ends, both streams together. */
  output(): Promise<string>
}

/** Attaches to a container that is about to be started, both ways. */
export const attach = async (engine: Engine, container: Container): Promise<Attached> => {
  const socket = (await engine.call('attach to a container', () =>
    container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true }),
  )) as unknown as Socket
  socket.on('error', () => {})
  return {
    stdin: socket,
    frames: () => demux(socket),
    async output() {
      const parts: Buffer[] = []
      for await (const { bytes } of demux(socket)) parts.push(bytes)
      return Buffer.concat(parts).toString('utf8')
    },
  }
}
