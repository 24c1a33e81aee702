import { access, constants, readFile, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { availableParallelism, freemem } from 'node:os'
import { dirname, join } from 'node:path'
import { discoverEngine } from '../engine/discover.ts'
import { addressOf, nameOf } from '../engine/endpoint.ts'
import { thisMachine } from '../engine/install.ts'
import { planInstall } from '../engine/install-plan.ts'
import type { Environment } from '../environment.ts'
import { Fault } from '../fault.ts'
import { imagesOf } from '../images/needed.ts'
import { chooseDriver } from '../sandbox/choose.ts'
import { clusterFor } from './cluster-for.ts'
import { missingImages } from './prepare-images.ts'

/** One thing that was looked at. `warning`: Hatoba works, with less. `problem`: the main job cannot run. */
export interface Examined {
  readonly what: 'engine' | 'images' | 'cluster' | 'disk' | 'memory' | 'port' | 'data'
  readonly state: 'ok' | 'warning' | 'problem'
  readonly says: string
  /** The command or the step that puts it right; absent when nothing is to be done. */
  readonly fix?: string
}

export interface Examining {
  readonly environment: Environment
  readonly host: string
  readonly port: number
  readonly data: string
  readonly signal: AbortSignal
}

/** Below this the store cannot be written; below the second an image cannot be built. */
const LEAST_DISK_MIB = 200
const ENOUGH_DISK_MIB = 2000
/** The server and its store, and one lab. */
const LEAST_MEMORY_MIB = 512
const ENOUGH_MEMORY_MIB = 1536

/** Everything that the main job needs, each looked at on its own. Changes nothing. Never throws but for an abort. */
export const examine = async (examining: Examining): Promise<readonly Examined[]> => [
  ...(await engineAndImages(examining)),
  await cluster(examining),
  await disk(examining),
  await memory(),
  await port(examining),
  await dataFolder(examining),
]

const engineAndImages = async ({ environment, data, signal }: Examining): Promise<readonly Examined[]> => {
  const { engine, refused } = await discoverEngine(environment, { signal })
  if (engine !== undefined)
    return [{ what: 'engine', state: 'ok', says: `${nameOf(engine)} at ${addressOf(engine.endpoint)}` }, await images(engine)]
  const named = refused.find((candidate) => candidate.named)
  if (named) {
    return [
      {
        what: 'engine',
        state: 'problem',
        says: `${named.source} cannot be used: ${named.because}`,
        fix: 'Start that engine, or unset the choice: unset DOCKER_HOST DOCKER_CONTEXT; docker context use default',
      },
    ]
  }
  const looked = refused.map(({ source, because }) => `${source}: ${because}`).join('; ')
  const plan = planInstall(thisMachine(environment))
  const fix = plan.possible ? 'hatoba up --yes' : plan.fix
  const { driver } = await chooseDriver({ environment, data, besideServer: true })
  const probed = await driver.probe({ signal })
  const none = `no container engine (${looked})`
  return [
    probed.ready
      ? { what: 'engine', state: 'warning', says: `${none}; labs run as ${probed.detail}, less isolated`, fix }
      : { what: 'engine', state: 'problem', says: `${none}, and without one nothing can run: ${probed.because}`, fix },
  ]
}

/** Labs on Kubernetes are some of many: without a cluster there is less, not nothing. */
const cluster = async ({ environment, data, signal }: Examining): Promise<Examined> => {
  await using driver = clusterFor({ environment, data, besideServer: true })
  const probed = await driver.probe({ signal })
  return probed.ready
    ? { what: 'cluster', state: 'ok', says: probed.detail }
    : {
        what: 'cluster',
        state: 'warning',
        says: `labs on Kubernetes are incomplete here. ${probed.because}`,
        fix: 'hatoba up --kind',
      }
}

const images = async (engine: Parameters<typeof missingImages>[0]): Promise<Examined> => {
  try {
    const { loadCatalogue } = await import('../../labs/kit/catalogue.ts')
    const missing = await missingImages(engine, imagesOf((await loadCatalogue()).labs.map(({ lab }) => lab)))
    if (missing.length === 0) return { what: 'images', state: 'ok', says: 'every lab image is there' }
    return { what: 'images', state: 'problem', says: `missing: ${missing.join(', ')}`, fix: 'hatoba images' }
  } catch (thrown) {
    const fault = Fault.from(thrown)
    return { what: 'images', state: 'problem', says: fault.message, fix: fault.fix }
  }
}

const disk = async ({ data }: Examining): Promise<Examined> => {
  const { bavail, bsize } = await statfs(await nearest(data))
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20)
  const says = `${freeMiB} MiB free for ${data}`
  const fix = 'docker system df; docker image prune; df -h   (see what takes the space, then free some)'
  if (freeMiB < LEAST_DISK_MIB) return { what: 'disk', state: 'problem', says, fix }
  return freeMiB < ENOUGH_DISK_MIB
    ? { what: 'disk', state: 'warning', says: `${says}; building an image takes about 1 GiB`, fix }
    : { what: 'disk', state: 'ok', says }
}

const memory = async (): Promise<Examined> => {
  const info = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(info)?.[1]
  const freeMiB = Math.floor(available === undefined ? freemem() / 2 ** 20 : Number(available) / 1024)
  const says = `${freeMiB} MiB available, ${availableParallelism()} processors`
  const fix = 'ps aux --sort=-rss | head   (see what takes the memory, then end some)'
  if (freeMiB < LEAST_MEMORY_MIB) return { what: 'memory', state: 'problem', says, fix }
  return freeMiB < ENOUGH_MEMORY_MIB ? { what: 'memory', state: 'warning', says, fix } : { what: 'memory', state: 'ok', says }
}

const port = async ({ host, port: wanted }: Examining): Promise<Examined> => {
  const refused = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer()
    server.on('error', resolve)
    server.listen({ host, port: wanted, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
  if (refused === undefined) return { what: 'port', state: 'ok', says: `${wanted} on ${host} is free` }
  if (refused.code !== 'EADDRINUSE')
    return {
      what: 'port',
      state: 'problem',
      says: `${wanted} on ${host} cannot be used (${refused.code})`,
      fix: 'hatoba up --host 127.0.0.1 --port 4270',
    }
  const ours = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${wanted}/api/status`, {
    signal: AbortSignal.timeout(2000),
  }).then(
    (answer) => answer.ok,
    () => false,
  )
  return ours
    ? { what: 'port', state: 'ok', says: `Hatoba is running on ${wanted}` }
    : { what: 'port', state: 'problem', says: `${wanted} on ${host} is taken by another program`, fix: `hatoba up --port ${wanted + 1}` }
}

const dataFolder = async ({ data }: Examining): Promise<Examined> => {
  const folder = await nearest(data)
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!writable)
    return { what: 'data', state: 'problem', says: `${data} cannot be written by this account`, fix: 'hatoba up --data "$HOME/.hatoba"' }
  return { what: 'data', state: 'ok', says: folder === data ? `${data} can be written` : `${data} will be made` }
}

/** The folder, or the nearest above it that exists. */
const nearest = async (folder: string): Promise<string> => {
  const exists = await access(folder).then(
    () => true,
    () => false,
  )
  return exists || folder === '/' ? folder : nearest(dirname(join(folder, '.')))
}
