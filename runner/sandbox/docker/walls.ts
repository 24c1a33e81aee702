import { posix } from 'node:path'
import { Fault } from '../../fault.ts'
import { toArchive } from '../container/archive.ts'
import { WORK } from '../container/program.ts'
import type { FileMap, Walls } from '../contract.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import type { ContainerSpec, MountedVolume } from './container.ts'
import type { Engine } from './engine.ts'
import { nameOf, toFilledVolume } from './network.ts'
import { inside } from './processes.ts'
import type { Launch } from './started.ts'

/** Folders of an image that a program with a writable root could write, but for those that hold the programs themselves. */
export const COPIED = ['/etc', '/home', '/opt', '/root', '/srv', '/tmp', '/var'] as const

/** What a volume begins with: files, or what the image has there. */
interface Filling extends MountedVolume {
  readonly archive?: Buffer
}

/** Copies files as they are, whoever owns them; root only over what it was given. */
const HOLDER: Pick<ContainerSpec, 'role' | 'limits' | 'work' | 'walls' | 'stdin' | 'logs'> = {
  role: 'holder',
  limits: { ...DEFAULT_LIMITS, memoryMiB: 32, pids: 8 },
  work: 'none',
  walls: { user: 0, capabilities: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'], gainsPrivileges: false, scratch: [] },
  stdin: false,
  logs: 'none',
}

export interface WallsRequest {
  readonly walls: Walls
  readonly files: FileMap
  readonly base: Pick<ContainerSpec, 'owner' | 'image' | 'runtime'>
  /** The service they stand around, as nothing else of the sandbox is called. */
  readonly name: string
  readonly diskMiB: number
}

/** What stands in the way of these walls; undefined when nothing does. The engine's own folders are nobody's to cover. Pure. */
export const unbuildable = ({ scratch, mounts, user }: Walls): string | undefined => {
  const paths = [...scratch, ...mounts].map(({ path }) => path)
  const bad = paths.find(
    (path) => !posix.isAbsolute(path) || posix.normalize(path) !== path || /^\/(proc|sys|dev|usr)?(\/|$)|[:,\s\0]/.test(path),
  )
  if (bad !== undefined) return `nothing can be mounted at ${bad}`
  if (new Set(paths).size < paths.length) return 'two folders have one path'
  return Number.isInteger(user) && user >= 0 && user < 65_536 ? undefined : `there is no user ${user}`
}

/**
 * Makes the volumes of a service's walls: each is memory of a bounded size, and a container of ours has all of them mounted, because
 * the engine keeps such memory only while one does. Throws `Fault` `lab.broken` for walls that cannot be.
 */
export const raiseWalls = async (engine: Engine, launch: Launch, request: WallsRequest): Promise<readonly MountedVolume[]> => {
  const { walls, base, name, diskMiB } = request
  const problem = unbuildable(walls)
  if (problem !== undefined) throw new Fault('lab.broken', `The walls of ${name} cannot stand: ${problem}.`)
  const fillings = await toFillings(request)
  await Promise.all(
    fillings.map((_, index) =>
      engine.call('create a volume', (docker) => docker.createVolume(toFilledVolume(base.owner, `${name}-${index}`, diskMiB))),
    ),
  )
  const held = fillings.map(({ volume }, index) => ({ volume, path: `/held/${index}`, writable: true }))
  const { container } = await launch({ ...base, ...HOLDER, command: ['sleep', 'infinity'], volumes: held }, { part: name, output: false })
  for (const [index, { archive }] of fillings.entries()) {
    if (archive) await engine.call('take files', () => container.putArchive(archive, { path: `/held/${index}` }))
  }
  const copies = fillings.flatMap(({ path, archive }, index) => (archive ? [] : [`cp -a ${path}/. /held/${index}/`]))
  if (copies.length > 0) {
    const copied = await inside(engine, container, ['/bin/sh', '-c', copies.join(' && ')], {})
    if (copied?.code !== 0) throw new Fault('engine.failed', `The folders of ${name} were not copied out of its image.`)
  }
  return fillings.map(({ volume, path, writable }) => ({ volume, path, writable }))
}

const toFillings = async ({ walls, files, base, name }: WallsRequest): Promise<readonly Filling[]> => {
  const writable = walls.root === 'writable'
  const taken = new Set(walls.scratch.map(({ path }) => path))
  // A folder on which another is mounted must be there, and nobody can make it below a mount that cannot be written.
  const folders = [...taken].filter((path) => path.startsWith(`${WORK}/`)).map((path) => path.slice(WORK.length + 1))
  const copied = writable ? COPIED.filter((path) => !taken.has(path)) : []
  const places = [
    ...(taken.has(WORK) ? [] : [{ path: WORK, writable, archive: await toArchive(files, { owner: 0, folders }) }]),
    ...copied.map((path) => ({ path, writable })),
    ...(await Promise.all(
      walls.mounts.map(async ({ path, files: own, owner, mode }) => ({
        path,
        writable: false,
        archive: await toArchive(own, { owner, mode }),
      })),
    )),
  ]
  return places.map((place, index) => ({ ...place, volume: nameOf(base.owner.sandbox, `${name}-${index}`) }))
}
