import { type Answer, exhausted, fail, type Halt, halt, type LogLine, type SandboxContext } from '../../kit/index.ts'
import { readBuilt } from './built.ts'
import { calibrate } from './calibrate.ts'
import { toProducts } from './catalogue.ts'
import { begin, isUnexplained, type Start } from './start.ts'
import { openStore } from './store.ts'

/** The files of the lab. */
export const FILES = { 'build.sh': 'edit', 'build.js': 'edit', 'entrypoint.sh': 'edit', 'server.js': 'edit', 'similar.js': 'read' } as const
export type Inside = SandboxContext<typeof FILES>

/** How the image was made, and how it started again and again while the store held its answers back. */
export interface Seen {
  readonly build: { readonly seconds: number; readonly files: number; readonly kib: number; readonly log: readonly LogLine[] }
  readonly products: number
  /** Milliseconds that a server with nothing to load took, each time. */
  readonly bareMs: readonly number[]
  readonly budgetMs: number
  /** Processor time that a start may take. */
  readonly workMs: number
  /** Up to `STARTS`; the last one may be the one that went wrong. */
  readonly starts: readonly Start[]
}

export const STARTS = 5
/** So many of all starts may be late without a cause that was seen. */
const MOST_AGAIN = 2
/** What an image may carry of what was built; the lab's own copy takes less than one. */
const MOST_MIB = 16

/**
 * Builds once, with the store answering, then starts five times with the store holding its answers back: what a start needs of the
 * store does not come at any speed of the machine. How much there is to compute, and the time there is, come from a calibration.
 */
export const observe = async (inside: Inside): Promise<Seen | Halt> => {
  const { files, sandbox, seed, signal, doing } = inside
  doing('calibrate')
  const bounds = await calibrate(inside)
  const { workMs, bareMs, bareCpuMs } = bounds
  const products = toProducts(bounds.products, seed)
  await using store = await openStore(inside, products)

  doing('build')
  await sandbox.write(files, { signal })
  const made = await sandbox.exec(['sh', 'build.sh'], {
    env: { STORE_URL: store.url },
    limits: { wallSeconds: bounds.buildSeconds },
    signal,
  })
  const said = saidOf(made.stdout, made.stderr)
  const detail = { evidence: [{ kind: 'log', title: 'build', lines: said } as const] }
  if (made.ended.by === 'limit') return halt('builds', exhausted(made.ended, 'build.sh', detail))
  if (made.ended.by !== 'itself' || made.ended.code !== 0) return halt('builds', unbuilt(made.ended, detail))
  const built = await readBuilt(sandbox, signal)
  if (built.kib > MOST_MIB * 1024) return halt('builds', fail('large', { mib: Math.round(built.kib / 1024), most: MOST_MIB }, detail))

  doing('starts')
  await store.hold()
  const starts: Start[] = []
  const image = { ...files, ...built.files }
  let budgetMs = await bounds.settle()
  let again = 0
  while (starts.length < STARTS && starts.every(({ good }) => good)) {
    const start = await begin(inside, { number: starts.length + 1, image, store, products, budgetMs, workMs, bareCpuMs })
    // Who sleeps sleeps again; a machine that has become slower since it was measured shows it when it is measured now.
    if (isUnexplained(start) && again < MOST_AGAIN) {
      again += 1
      budgetMs = await bounds.settle()
    } else starts.push(start)
  }
  return {
    build: { seconds: made.ms / 1000, files: Object.keys(built.files).length, kib: built.kib, log: said },
    products: products.length,
    bareMs,
    budgetMs,
    workMs,
    starts,
  }
}

const unbuilt = (ended: { by: string; code?: number; signal?: string }, detail: object): Answer =>
  ended.by === 'signal' ? fail('signal', { signal: ended.signal ?? '' }, detail) : fail('code', { code: ended.code ?? 1 }, detail)

const saidOf = (stdout: Uint8Array, stderr: Uint8Array): LogLine[] => {
  const at = Date.now()
  const lines = (bytes: Uint8Array, stream: LogLine['stream']): LogLine[] =>
    bytes.length === 0
      ? []
      : Buffer.from(bytes)
          .toString('utf8')
          .trimEnd()
          .split('\n')
          .map((text) => ({ at, stream, text }))
  return [...lines(stdout, 'stdout'), ...lines(stderr, 'stderr')]
}
