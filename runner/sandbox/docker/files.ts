import type { Socket } from 'node:net'
import type { Container } from 'dockerode'
import { LIST_FILES, toFiles } from '../container/look.ts'
import type { FoundFile } from '../contract.ts'
import { demux } from './demux.ts'
import type { Engine } from './engine.ts'

/** The regular files of a container's writable folders; none when it does not run any more. */
export const listFiles = async (engine: Engine, container: Container): Promise<readonly FoundFile[]> => {
  const socket = await engine.unless([404, 409], 'look into a container', async () => {
    const exec = await container.exec({ Cmd: [...LIST_FILES], AttachStdout: true, AttachStderr: false })
    return (await exec.start({ hijack: true, stdin: false })) as unknown as Socket
  })
  if (!socket) return []
  const parts: Buffer[] = []
  const read = async () => {
    for await (const { stream, bytes } of demux(socket)) if (stream === 'stdout') parts.push(bytes)
  }
  await engine.call('list the files of a container', read)
  return toFiles(Buffer.concat(parts).toString('utf8'))
}
