import type { Socket } from 'node:net'
import type { Container } from 'dockerode'
import type { FoundFile } from '../contract.ts'
import { WORK } from './container.ts'
import { demux } from './demux.ts'
import type { Engine } from './engine.ts'

/** Looks from inside the container, whose root cannot be written, so the tool is ours; never through a link. */
const LIST = ['/usr/bin/find', '-P', WORK, '/tmp', '-xdev', '-type', 'f', '-printf', '%s %p\\0']

/** The regular files of a container's writable folders; none when it does not run any more. */
export const listFiles = async (engine: Engine, container: Container): Promise<readonly FoundFile[]> => {
  const socket = await engine.unless([404, 409], 'look into a container', async () => {
    const exec = await container.exec({ Cmd: LIST, AttachStdout: true, AttachStderr: false })
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

/** The entries of `LIST`. Pure. */
export const toFiles = (text: string): readonly FoundFile[] =>
  text
    .split('\0')
    .map((entry) => /^(\d+) (.+)$/s.exec(entry))
    .flatMap((found) => (found ? [{ path: found[2] ?? '', bytes: Number(found[1]) }] : []))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
