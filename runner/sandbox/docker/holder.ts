import type { IncomingMessage } from 'node:http'
import { firstFile, foldersOf, isBelow, toArchive } from '../container/archive.ts'
import { WORK } from '../container/program.ts'
import type { FileMap } from '../contract.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import type { ContainerSpec } from './container.ts'
import type { Engine } from './engine.ts'
import { nameOf, toVolume } from './network.ts'
import type { Launch } from './started.ts'

/** The sandbox's working directory, which outlives the programs that run in it. */
export interface Holder {
  readonly volume: string
  write(files: FileMap): Promise<void>
  read(path: string): Promise<Uint8Array | undefined>
}

const LIMITS = { ...DEFAULT_LIMITS, memoryMiB: 32, pids: 8 }

/** The highest bit of a Go file mode: a folder. */
const GO_DIRECTORY = 2 ** 31

/**
 * Makes the volume and a container that does nothing but have it mounted: the volume is memory, so that its size is a hard
 * bound, and the engine keeps that memory only while a container uses it.
 */
export const startHolder = async (
  engine: Engine,
  launch: Launch,
  base: Pick<ContainerSpec, 'owner' | 'image' | 'runtime'>,
  diskMiB: number,
  part?: string,
): Promise<Holder> => {
  const volume = nameOf(base.owner.sandbox, part)
  await engine.call('create a volume', (docker) => docker.createVolume({ ...toVolume(base.owner, diskMiB), Name: volume }))
  const { container } = await launch(
    { ...base, role: 'holder', command: ['sleep', 'infinity'], limits: LIMITS, work: { volume }, stdin: false, logs: 'none' },
    { part: part ?? 'holder', output: false },
  )
  const isFolder = async (path: string): Promise<boolean> => {
    const answer: IncomingMessage | undefined = await engine.unless([404], 'look at a folder', () =>
      container.infoArchive({ path: `${WORK}/${path}` }),
    )
    if (answer === undefined) return false
    // Nothing follows the head, but until that has been read the connection is held, and with it the end of this process.
    answer.resume()
    const stat = answer.headers['x-docker-container-path-stat']
    if (stat === undefined) return false
    return (JSON.parse(Buffer.from(String(stat), 'base64').toString()) as { mode: number }).mode >= GO_DIRECTORY
  }
  return {
    volume,
    async write(files) {
      const archive = await toArchive(files)
      await engine.call('take files', () => container.putArchive(archive, { path: WORK }))
    },
    async read(path) {
      if (!isBelow(path)) return undefined
      for (const folder of foldersOf([path])) if (!(await isFolder(folder))) return undefined
      const archive = await engine.unless([404], 'hand over a file', () => container.getArchive({ path: `${WORK}/${path}` }))
      return archive && firstFile(archive)
    },
  }
}
