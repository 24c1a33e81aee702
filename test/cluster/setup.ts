import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { ensureImages } from '../../runner/images/ensure.ts'
import { preparePodImage } from '../../runner/images/pod-image.ts'
import { ADDON_NAMES, installAddon } from '../../runner/kind/addons.ts'
import { KIND_CONFIG, startNodes } from '../../runner/kind/create.ts'
import { loadImage, putImage } from '../../runner/kind/images.ts'
import { connectEngine, DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'

/** What every test of this tier works on, or why there is none. */
export type ClusterGround = { readonly kubeconfig: string; readonly image: string } | { readonly because: string }

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: ClusterGround
  }
}

const run = promisify(execFile)

/** One that a developer keeps between runs: it is used and left. Any other is made here and deleted. */
const KEPT = 'hatoba-dev'
const OWN = 'hatoba-test'
const SHARED = join(import.meta.dirname, '../../../shared/engine')
const WAIT_SECONDS = 120
const PROGRAMS = { kind: 'kind', docker: 'docker' }

const nodeImage = (): string | undefined => {
  const named = join(SHARED, 'node-image.name')
  return existsSync(named) ? readFileSync(named, 'utf8').trim() : undefined
}

const clusters = async (): Promise<readonly string[]> => (await run('kind', ['get', 'clusters'])).stdout.split('\n').filter(Boolean)

/** What `hatoba up --kind` adds, where the nodes have the images: nothing is pulled, and what needs the rest is skipped with its reason. */
const addAddons = async (cluster: string, kubeconfig: string): Promise<void> => {
  await Promise.all(
    ADDON_NAMES.map(async (addon) => {
      const because = await installAddon(PROGRAMS, addon, { cluster, kubeconfig, withoutPulling: true })
      if (because !== undefined) console.info(`without ${addon}, because ${because}`)
    }),
  )
}

const prepare = async (folder: string): Promise<{ readonly ground: ClusterGround; readonly made?: string }> => {
  const image = nodeImage()
  const found = await clusters()
  const kept = found.includes(KEPT)
  if (!kept && image === undefined) return { ground: { because: 'no node image is here for kind (../shared/engine/up --kind)' } }
  const name = kept ? KEPT : OWN
  const kubeconfig = join(folder, 'kubeconfig')
  if (!kept) {
    if (found.includes(OWN)) await run('kind', ['delete', 'cluster', '--name', OWN])
    const config = join(folder, 'kind.yaml')
    await writeFile(config, KIND_CONFIG)
    const wait = `${WAIT_SECONDS}s`
    await run('kind', [
      'create',
      'cluster',
      '--name',
      OWN,
      '--config',
      config,
      '--image',
      image ?? '',
      '--wait',
      wait,
      '--kubeconfig',
      kubeconfig,
    ])
  } else await run('kind', ['export', 'kubeconfig', '--name', KEPT, '--kubeconfig', kubeconfig])
  const engine = connectEngine({ host: DEFAULT_HOST })
  const { node } = await ensureImages(engine, ['node'])
  await startNodes(PROGRAMS, name, AbortSignal.timeout(WAIT_SECONDS * 1000))
  await loadImage(PROGRAMS, name, node)
  await Promise.all([
    kept ? undefined : addAddons(name, readFileSync(kubeconfig, 'utf8')),
    putImage(PROGRAMS, name, await preparePodImage(engine, node, { data: join(tmpdir(), 'hatoba-test-agent') })),
  ])
  return { ground: { kubeconfig: readFileSync(kubeconfig, 'utf8'), image: node }, ...(kept ? {} : { made: name }) }
}

let tearDown: (() => Promise<void>) | undefined

export const setup = async ({ provide }: TestProject): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'hatoba-cluster-'))
  const { ground, made } = await prepare(folder).catch(
    (thrown: NodeJS.ErrnoException): Awaited<ReturnType<typeof prepare>> => ({
      ground: { because: thrown.code === 'ENOENT' ? 'there is no kind command here' : (thrown.message.split('\n')[0] ?? '') },
    }),
  )
  if ('because' in ground) console.info(`skipped: the cluster tier, because ${ground.because}`)
  provide('cluster', ground)
  tearDown = async () => {
    if (made !== undefined) await run('kind', ['delete', 'cluster', '--name', made])
    await rm(folder, { recursive: true, force: true })
  }
}

export const teardown = async (): Promise<void> => tearDown?.()
