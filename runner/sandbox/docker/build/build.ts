import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { readDockerfile } from '../../../../labs/kit/dockerfile/read.ts'
import { Fault } from '../../../fault.ts'
import { LEARNER } from '../../../images/recipe.ts'
import { isBelow, toArchive } from '../../container/archive.ts'
import type { BuildFailure, BuildOptions, BuildResult, BuiltImage, Ended, FileMap, ImageConfig, ImageName, Limits } from '../../contract.ts'
import { openTurn } from '../../in-turn.ts'
import { limitsOf } from '../../limits.ts'
import type { Engine } from '../engine.ts'
import { type Owner, toLabels } from '../labels.ts'
import type { BuildersAhead } from './ahead.ts'
import { type Builder, startBuilder } from './builder.ts'
import { type Result, readImage } from './image.ts'
import { refusalOf } from './refusals.ts'
import { readSteps, type StepReader } from './steps.ts'
import { stockBuilder } from './stock.ts'
import type { End, Received } from './transfer.ts'

/** What a build may use where neither the lab nor the sandbox says otherwise: more than one program, less than a machine. */
export const BUILD_LIMITS: Partial<Limits> = { wallSeconds: 60, memoryMiB: 256, diskMiB: 256, fileMiB: 256, pids: 128, openFiles: 1024 }

export interface BuildParts {
  readonly engine: Engine
  readonly owner: Owner
  readonly referenceOf: (image: ImageName) => string
  readonly images: readonly ImageName[]
  readonly runtime?: string | undefined
  readonly ahead?: BuildersAhead | undefined
}

/** The builds of one sandbox. */
export interface Builds {
  build(context: FileMap, o: BuildOptions): Promise<BuildResult>
  /** The name in the engine of an image that was built here; it is loaded when it is first asked for. */
  load(image: BuiltImage): Promise<string>
  /** Ends the builder and removes what lies on our disk. Containers and images of the sandbox are removed by their labels. */
  end(): Promise<void>
}

export const startBuilds = ({ engine, owner, referenceOf, images, runtime, ahead }: BuildParts): Builds => {
  const results = new Map<BuiltImage, { readonly result: Result; readonly number: number; loaded?: Promise<string> }>()
  let folder: Promise<string> | undefined
  let builder: { readonly key: string; readonly started: Promise<Builder>; readonly end: () => Promise<void> } | undefined
  let number = 0
  const inTurn = openTurn()

  const builderFor = async (bases: Readonly<Record<string, ImageName>>, limits: Limits, signal: AbortSignal | undefined) => {
    const stock = await stockBuilder(engine, toBases(Object.values(bases), referenceOf), { ...(signal && { signal }) })
    const key = JSON.stringify([stock.image, limits])
    if (builder?.key === key) return { builder: await builder.started, stock }
    await drop()
    const kept = ahead?.spare({ image: stock.image, limits })
    const started = kept
      ? Promise.resolve(kept.builder)
      : startBuilder(engine, { owner, image: stock.image, limits, ...(runtime !== undefined && { runtime }) }, `builder-${number}`)
    const end = async () => {
      await (await started.catch(() => undefined))?.end()
      if (kept) ahead?.give(kept)
    }
    builder = { key, started, end }
    started.catch(() => {
      builder = undefined
    })
    return { builder: await started, stock }
  }
  const drop = async () => {
    const ending = builder
    builder = undefined
    await ending?.end()
  }

  const build = async (context: FileMap, o: BuildOptions): Promise<BuildResult> => {
    const { dockerfile: path = 'Dockerfile', target = '', args = {}, signal, onEvent = () => {} } = o
    const startedAt = Date.now()
    const bases = o.bases ?? Object.fromEntries(images.map((name) => [`hatoba/${name}`, name]))
    const content = isBelow(path) ? context[path] : undefined
    if (content === undefined) throw new Fault('lab.broken', `The context of a build has no ${path}.`)
    const dockerfile = readDockerfile(Buffer.from(content as Uint8Array).toString('utf8'), { file: path, args })
    const refusal = refusalOf(dockerfile, Object.keys(bases))
    if (refusal) return { built: false, because: refusal, steps: [], ms: Date.now() - startedAt }

    number += 1
    const limits = limitsOf(BUILD_LIMITS, o.limits)
    const { builder: running, stock } = await builderFor(bases, limits, signal)
    folder ??= mkdtemp(join(tmpdir(), 'hatoba-build-'))
    const own = join(await folder, String(number))
    await mkdir(own)
    const steps = readSteps(dockerfile, onEvent)
    const archive = await toArchive({
      ...prefixed('context/', context),
      ...toOptions({ path, target, args, bases: Object.entries(bases).map(([name, image]) => `${name} ${referenceOf(image)}\n`) }),
    })
    const { received, stopped } = await within(limits, signal, drop, (onBytes) =>
      running.build(archive, { folder: own, onBytes, onLine: (line) => steps.line(line, Date.now()) }),
    )
    steps.finish(Date.now())
    signal?.throwIfAborted()
    const ended = stopped ?? (await limitOf(received, running, steps, limits))
    if (!received) await drop()
    const ms = Date.now() - startedAt
    if (ended || !received || received.end.code !== 0) {
      if (!ended && !received) throw new Fault('engine.failed', 'The builder ended in the middle of a build.')
      return { built: false, because: failureOf(path, steps, ended), steps: steps.steps, ms }
    }
    const result = await readImage(received, stock.bases).catch((cause: unknown) => {
      throw new Fault('engine.failed', `What the builder sent cannot be read: ${(cause as Error).message}.`, { cause })
    })
    results.set(result.image, { result, number })
    return { built: true, image: result.image, steps: steps.steps, ms: Date.now() - startedAt }
  }

  return {
    build: (context, o) => inTurn(() => build(context, o)),
    async load(image) {
      const known = results.get(image)
      if (!known) throw new Fault('lab.broken', 'A service was asked of an image that this sandbox did not build.')
      known.loaded ??= loadImage(engine, known.result, `hatoba/built:${owner.sandbox}-${known.number}`, toLabels(owner, 'image'))
      return known.loaded
    },
    async end() {
      await drop()
      if (folder) await rm(await folder, { recursive: true, force: true })
    },
  }
}

/**
 * What a container of a built image takes from it. Root of an image would be root of the host, without any capability but with
 * root's files: it runs as the learner instead.
 */
export const toOwn = ({ user, workingDir }: ImageConfig): { readonly user: string; readonly workingDir: string } => ({
  user: /^(?:root|0+)?(?::|$)/.test(user) ? `${LEARNER.uid}:${LEARNER.uid}` : user,
  workingDir,
})

const LOAD_SECONDS = 120

const loadImage = async (engine: Engine, result: Result, reference: string, labels: Readonly<Record<string, string>>): Promise<string> => {
  const archive = await result.archive({ reference, labels })
  const said = await engine.call('load an image', async (docker) => text(await docker.loadImage(archive, { quiet: true })), {
    seconds: LOAD_SECONDS,
  })
  if (/"error"/.test(said)) throw new Fault('engine.failed', `The engine did not load a built image: ${said.trim()}`)
  return reference
}

const toBases = (images: readonly ImageName[], referenceOf: (image: ImageName) => string) =>
  [...new Set(images.map(referenceOf))].map((reference) => ({ reference, name: reference }))

const prefixed = (prefix: string, files: FileMap): FileMap =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${prefix}${path}`, content]))

const toOptions = ({
  path,
  target,
  args,
  bases,
}: {
  path: string
  target: string
  args: Readonly<Record<string, string>>
  bases: readonly string[]
}): FileMap => {
  const lines = Object.entries(args).map(([name, value]) => `${name}=${value}`)
  if (lines.some((line) => line.includes('\n'))) throw new Fault('lab.broken', 'A build argument has more than one line.')
  return {
    'options/dockerfile': path,
    'options/target': target,
    'options/bases': bases.join(''),
    'options/args': lines.map((line) => `${line}\n`).join(''),
  }
}

type ByLimit = Extract<Ended, { by: 'limit' }>

/** Runs a build under its clock, its output bound and the signal; each ends the builder. */
const within = async (
  limits: Limits,
  signal: AbortSignal | undefined,
  drop: () => Promise<void>,
  run: (onBytes: (bytes: number) => void) => Promise<Received | undefined>,
): Promise<{ received: Received | undefined; stopped: ByLimit | undefined }> => {
  let stopped: ByLimit | undefined
  let bytes = 0
  let dropping: Promise<void> | undefined
  const stop = (by?: ByLimit) => {
    stopped ??= by
    dropping ??= drop()
    dropping.catch(() => {})
  }
  const timer = setTimeout(() => stop({ by: 'limit', limit: 'time', allowed: limits.wallSeconds, unit: 's' }), limits.wallSeconds * 1000)
  const onAbort = () => stop()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const received = await run((more) => {
      bytes += more
      if (bytes > limits.outputKiB * 1024) stop({ by: 'limit', limit: 'output', allowed: limits.outputKiB, unit: 'KiB' })
    })
    await dropping
    return { received, stopped }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

const DISK_FULL = /No space left on device|File too large|Disk quota exceeded/i

/** Which limit a build that failed ran into, by the kernel's counters; the disk has none, so there the program's word is taken. */
const limitOf = async (
  received: Received | undefined,
  builder: Builder,
  steps: StepReader,
  limits: Limits,
): Promise<ByLimit | undefined> => {
  const end: End | undefined = received?.end
  if (end?.code === 0) return undefined
  if (end ? end.killed > 0 : await builder.outOfMemory()) return { by: 'limit', limit: 'memory', allowed: limits.memoryMiB, unit: 'MiB' }
  if (end && end.refused > 0) return { by: 'limit', limit: 'pids', allowed: limits.pids, unit: 'processes' }
  const said = [...(steps.steps.at(-1)?.output.slice(-20) ?? []), steps.error?.message ?? '']
  return said.some((line) => DISK_FULL.test(line)) ? { by: 'limit', limit: 'disk', allowed: limits.diskMiB, unit: 'MiB' } : undefined
}

const SHOWN_LINES = 20

const failureOf = (file: string, { steps, error }: StepReader, ended: ByLimit | undefined): BuildFailure => {
  const step = steps.at(-1)
  const at = { file, line: step?.line ?? 1 }
  if (ended) return { kind: 'limit', at, ended }
  const line = /(?:dockerfile parse error|parse error).*?line (\d+)/i.exec(error?.message ?? '')?.[1]
  if (!step) return { kind: 'invalid', at: { file, line: Number(line ?? 1) }, message: error?.message ?? 'the builder refused it' }
  const said = step.output.slice(-SHOWN_LINES).join('\n').trim()
  const message = error?.code === undefined ? (error?.message ?? said) : said || `exit status ${error.code}`
  return { kind: 'step', at, instruction: step.instruction, message, code: error?.code }
}
