import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toProducts } from './catalogue.ts'
import type { Inside } from './observe.ts'
import { becomeReady } from './ready.ts'

/** What this machine makes of a start and of the comparing, in this run. */
export interface Bounds {
  /** So many that comparing them all takes `TOO_LONG` times `workMs`. */
  readonly products: number
  /** Processor time that a start may take: unlike the budget, it does not grow when others keep the machine busy. */
  readonly workMs: number
  /** What a build that compares them may take, on a machine that has much else to do. */
  readonly buildSeconds: number
  readonly bareMs: readonly number[]
  readonly bareCpuMs: number
  /** Measures once more, just before it counts, and returns the budget. */
  settle(): Promise<number>
}

/** The budget, and what there is of processor time: so many times what a server with nothing to load takes, and not below a second. */
const TIMES_BARE = 5
const LEAST_MS = 1000
/** Comparing takes so many times the processor time there is, so that no noise makes it fit. */
const TOO_LONG = 2.5
/** A limit to end a build that never does; far above what one takes. */
const LEAST_BUILD_SECONDS = 30
const BUILD_TIMES = 10
const SAMPLE = 2500
const MOST = 16_000
const PATIENCE_MS = 20_000

export const calibrate = async (inside: Inside): Promise<Bounds> => {
  const bareMs: number[] = []
  const cpuMs: number[] = []
  const measure = async () => {
    const { ms, cpu } = await bareStart(inside)
    bareMs.push(ms)
    cpuMs.push(cpu)
  }
  await measure()
  await measure()
  const perSampleMs = await compareSample(inside)
  const workMs = timesBare(cpuMs)
  const wantedMs = TOO_LONG * workMs
  return {
    // Every product is compared with every other one.
    products: Math.min(MOST, Math.round(SAMPLE * Math.sqrt(wantedMs / perSampleMs))),
    workMs,
    buildSeconds: LEAST_BUILD_SECONDS + Math.round((BUILD_TIMES * TOO_LONG * timesBare(bareMs)) / 1000),
    bareMs,
    bareCpuMs: Math.max(...cpuMs),
    settle: async () => {
      await measure()
      return timesBare(bareMs)
    },
  }
}

const timesBare = (measuredMs: readonly number[]): number => Math.round(Math.max(LEAST_MS, TIMES_BARE * Math.max(...measuredMs)))

const ours = (name: string): Promise<string> => readFile(join(import.meta.dirname, name), 'utf8')

const bareStart = async (inside: Inside): Promise<{ ms: number; cpu: number }> => {
  const began = await becomeReady(
    inside,
    { name: 'bare', command: ['node', 'bare.js'], files: { 'bare.js': await ours('bare.js') } },
    PATIENCE_MS,
  )
  await using service = began.service
  if (began.readyMs === undefined) throw new Error('a server with nothing to load did not become ready')
  const { cpuSeconds } = await service.stats({ signal: inside.signal })
  return { ms: began.readyMs, cpu: cpuSeconds * 1000 }
}

/** Processor time of comparing the sample: ours, run before any file of the learner's is in the sandbox. */
const compareSample = async ({ sandbox, seed, signal }: Inside): Promise<number> => {
  const [similar, compare] = await Promise.all([ours('starter/similar.js'), ours('compare.js')])
  await sandbox.write(
    {
      'calibration/similar.js': similar,
      'calibration/compare.js': compare,
      'calibration/catalogue.json': JSON.stringify({ products: toProducts(SAMPLE, seed) }),
    },
    { signal },
  )
  const { stdout, stderr } = await sandbox.exec(['sh', '-c', 'cd calibration && node compare.js; rm -r ../calibration'], {
    limits: { wallSeconds: PATIENCE_MS / 1000 },
    signal,
  })
  const cpuMs = /"cpuMs":([\d.]+)/.exec(Buffer.from(stdout).toString('utf8'))?.[1]
  if (cpuMs === undefined) throw new Error(`the sample was not compared: ${Buffer.from(stderr).toString('utf8')}`)
  return Number(cpuMs)
}
