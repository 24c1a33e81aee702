import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import type { PresentedFinding, PresentedVerdict } from '../../runner/http/present.ts'
import { DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { type PooledOptions, pooledDocker } from '../../runner/sandbox/docker/pooled.ts'
import { type ServerOptions, startServer } from '../../runner/server.ts'
import { engine } from '../contract/engine.ts'
import { leftIn } from '../contract/left.ts'
import { browserAt } from '../unit/http/harbour.ts'

const LABS = ['hello', 'graceful-stop', 'draw-the-line']
const SECONDS_TO_VERDICT = 100
/** How long the engine may still be busy with what was removed. */
const LEFT_SECONDS = 10

export interface Submitted {
  readonly id: string
  readonly verdict: PresentedVerdict
}

export interface Learner {
  readonly ask: ReturnType<typeof browserAt>
  /** Sends work and waits for its verdict. Throws when it is refused. */
  submit(lab: string, files: Readonly<Record<string, string>>, language?: 'en' | 'ja'): Promise<Submitted>
  send(lab: string, files: Readonly<Record<string, string>>, language?: 'en' | 'ja'): Promise<string>
  verdict(id: string): Promise<PresentedVerdict>
}

export interface Arena extends AsyncDisposable {
  readonly url: string
  readonly data: string
  learner(): Learner
  /** What this server's sandboxes own in the engine now, without what the pool keeps in hand. */
  left(): Promise<readonly string[]>
}

/** A real server with the docker driver, on a data folder of its own. Disposing expects that nothing at all is left of it. */
export const openArena = async (
  name: string,
  { pool = {}, ...options }: Partial<Omit<ServerOptions, 'driver' | 'data'>> & { readonly pool?: Partial<PooledOptions> } = {},
): Promise<Arena> => {
  const instance = `abuse-${name}-${process.pid}`
  const data = await mkdtemp(join(tmpdir(), 'hatoba-abuse-'))
  const driver = pooledDocker({ host: DEFAULT_HOST, instance, ...pool })
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    data,
    driver,
    catalogue: await loadCatalogue({ only: LABS }),
    siteFolder: join(data, 'no-site'),
    log: pino({ level: 'warn' }, pino.destination(2)),
    graceSeconds: 1,
    slots: 6,
    ...options,
    limits: {
      submissionsPerLearner: 100_000,
      submissionsPerAddress: 100_000,
      requestsPerAddress: 1_000_000,
      waitingPerLearner: 100,
      ...options.limits,
    },
  })
  await server.ready
  return {
    url: server.url,
    data,
    learner: () => learnerAt(server.url),
    left: () => leftIn(engine.docker, instance, { submission: 'pool' }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await driver[Symbol.asyncDispose]()
      await rm(data, { recursive: true, force: true })
      const until = Date.now() + LEFT_SECONDS * 1000
      let left = await leftIn(engine.docker, instance)
      while (left.length > 0 && Date.now() < until) {
        await delay(100)
        left = await leftIn(engine.docker, instance)
      }
      if (left.length > 0) throw new Error(`left in the engine: ${left.join(', ')}`)
    },
  }
}

const learnerAt = (url: string): Learner => {
  const ask = browserAt(url)
  const send: Learner['send'] = async (lab, files, language = 'en') => {
    const response = await ask('/api/submissions', { json: { lab, files, language } })
    if (response.status !== 202) throw new Error(`refused with ${response.status}: ${await response.text()}`)
    return ((await response.json()) as { id: string }).id
  }
  const verdict: Learner['verdict'] = async (id) => {
    const until = Date.now() + SECONDS_TO_VERDICT * 1000
    while (Date.now() < until) {
      const body = (await (await ask(`/api/submissions/${id}`)).json()) as { state: string; verdict: PresentedVerdict }
      if (body.state === 'done') return body.verdict
      await delay(20)
    }
    throw new Error(`no verdict within ${SECONDS_TO_VERDICT} s`)
  }
  return {
    ask,
    send,
    verdict,
    submit: async (lab, files, language) => {
      const id = await send(lab, files, language)
      return { id, verdict: await verdict(id) }
    },
  }
}

/** The first finding that says no. */
export const complaint = ({ findings }: PresentedVerdict): PresentedFinding | undefined =>
  findings.find(({ status }) => status !== 'passed' && status !== 'skipped')

/** What a program printed, as a finding shows it. */
export const shownOf = ({ findings }: PresentedVerdict): string =>
  findings
    .flatMap(({ evidence = [] }) => evidence)
    .map((each) => (each.kind === 'diff' ? each.actual : each.kind === 'log' ? each.lines.map(({ text }) => text).join('\n') : ''))
    .join('\n')
