import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import { seeded } from '../../labs/kit/seeded.ts'
import { type Api, connectApi } from '../../runner/sandbox/kubernetes/api.ts'
import { followObjects } from '../../runner/sandbox/kubernetes/follow.ts'
import { LABEL } from '../../runner/sandbox/kubernetes/labels.ts'
import { type Spawned, spawnProgram } from '../engine/spawned.ts'
import { browserAt } from '../unit/http/harbour.ts'
import { ground, missing, openDriver } from './ground.ts'
import { heldBy, stillThere } from './left.ts'

/** One with Pods in its namespace, and one with nodes and runtime classes, which are in none. */
const PODS = 'rolled-out'
const NODES = 'eks-mixed-fleet'
const KILLS = 5
const WITHIN_MS = 2500
const SECONDS = 240
const GONE_SECONDS = 60
const PROGRAM = join(import.meta.dirname, 'crash-server.ts')

interface Sent {
  readonly lab: string
  readonly id: string
}
type Browser = ReturnType<typeof browserAt>

/** A learner's right answer. */
const send = async (ask: Browser, id: string): Promise<Sent> => {
  const [found] = (await loadCatalogue({ only: [id] })).labs
  const { lab, solution } = found ?? expect.fail(`there is no lab ${id}`)
  const files = Object.fromEntries(Object.entries(solution).filter(([path]) => lab.files[path] === 'edit'))
  const answer = await ask('/api/submissions', { json: { lab: id, files, language: 'en' } })
  expect(answer.status, await answer.clone().text()).toBe(202)
  return { lab: id, id: ((await answer.json()) as { id: string }).id }
}

const read = async (ask: Browser, { id }: Sent) =>
  (await (await ask(`/api/submissions/${id}`)).json()) as { readonly state: string; readonly verdict?: { readonly outcome: string } }

const outcomeOf = async (ask: Browser, sent: Sent): Promise<string> => {
  for (const until = Date.now() + SECONDS * 1000; Date.now() < until; await delay(250)) {
    const { state, verdict } = await read(ask, sent)
    if (state === 'done') return verdict?.outcome === 'passed' ? 'passed' : JSON.stringify(verdict)
  }
  return `no verdict after ${SECONDS} s: ${JSON.stringify(await read(ask, sent))}`
}

/** Waits until a submission has a namespace, or a node. */
const hasOne = async (api: Api, { id, lab }: Sent, what: Kill['since']): Promise<void> => {
  const signal = AbortSignal.timeout(SECONDS * 1000)
  const labels = { [LABEL.submission]: id }
  for await (const { objects } of followObjects(api, `/api/v1/${what}`, { labels, signal })) if (objects.length > 0) return
  throw new Error(`${lab} had none of ${what} after ${SECONDS} s`)
}

interface Kill {
  readonly lab: string
  /** So long after its submission has one of these. */
  readonly since: 'namespaces' | 'nodes'
  readonly ms: number
}

/** When each runner dies: another moment in every run, and the same ones again for the same seed. */
const killsOf = (played: boolean): readonly Kill[] => {
  const seed = Number(process.env['HATOBA_SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
  const { number } = seeded(seed)
  const kills = Array.from({ length: KILLS }, (_, index): Kill => {
    const lab = played && index < 2 ? NODES : PODS
    return { lab, since: lab === NODES && index > 0 ? 'nodes' : 'namespaces', ms: number(0, WITHIN_MS) }
  })
  console.info(`seed ${seed}: ${kills.map(({ lab, since, ms }) => `${ms} ms after the ${since} of ${lab}`).join(', ')}`)
  return kills
}

interface Midway {
  readonly sent: Sent
  /** What its runner holds at that moment. */
  readonly held: readonly string[]
}

/** Sends work and waits for the moment; on a machine that is past the middle by then, work is sent again for an earlier one. */
const inMidLab = async (api: Api, ask: Browser, instance: string, kill: Kill): Promise<Midway> => {
  const sent = await send(ask, kill.lab)
  await hasOne(api, sent, kill.since)
  await delay(kill.ms)
  const held = await heldBy(api, instance)
  const { state } = await read(ask, sent)
  const kind = kill.since === 'nodes' ? 'node ' : 'namespace '
  if (state !== 'done' && held.some((each) => each.startsWith(kind))) return { sent, held }
  if (kill.ms === 0) throw new Error(`${kill.lab} was ${state} as soon as it had ${kill.since}, and there was ${held.join(', ')}`)
  return inMidLab(api, ask, instance, { ...kill, ms: Math.trunc(kill.ms / 2) })
}

test.skipIf(missing !== undefined)(
  `a runner that is killed ${KILLS} times in mid-lab loses no submission and leaves nothing`,
  { timeout: 900_000 },
  async () => {
    if ('because' in ground) return
    const [living, dying] = [`lives-${process.pid}`, `dies-${process.pid}`]
    await using stack = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'hatoba-cluster-crash-'))
    stack.defer(() => rm(folder, { recursive: true, force: true }))
    const kubeconfig = join(folder, 'kubeconfig')
    await writeFile(kubeconfig, ground.kubeconfig)
    const api = connectApi(ground)
    stack.defer(() => api.close())

    const other = stack.use(await openDriver({ instance: living }))
    const played = !(await other.gaps()).includes('fake-nodes')
    const held = stack.use(await other.open({ submission: 'held', deadlineSeconds: 900, allows: ['v1 Pod'] }))
    const allocatable = { cpu: '1', memory: '1Gi', pods: '10' }
    if (played) await held.fleet({ nodes: [{ name: 'held', groups: ['all'], labels: {}, allocatable }] })
    const ofHeld = async () => (await heldBy(api, living)).filter((each) => each.includes(held.namespace)).toSorted()
    const before = await ofHeld()

    const start = async (): Promise<Spawned> => {
      const server = await spawnProgram(PROGRAM, join(folder, 'data'), kubeconfig, dying, `${PODS},${NODES}`)
      // One that is dead already does not mind.
      stack.defer(() => server.kill())
      return server
    }
    let server = await start()
    const first = browserAt(server.url)
    await first('/api/labs')
    const browser = (): Browser => browserAt(server.url, { cookie: first.cookie() })
    for (const kill of killsOf(played)) {
      const { sent, held: had } = await inMidLab(api, browser(), dying, kill)
      await server.kill()
      const left = [...new Set([...had, ...(await heldBy(api, dying))])]
      console.info(`a runner died in the middle of ${kill.lab}; it had ${left.join(', ')}`)

      server = await start()
      expect(await outcomeOf(browser(), sent), `${kill.lab}, graded by the next runner`).toBe('passed')
      expect(await stillThere(api, left, GONE_SECONDS), `left by the runner that died in ${kill.lab}`).toEqual([])
      expect(await ofHeld(), 'what a living runner holds').toEqual(before)
    }
    expect(await server.stop()).toEqual([0, null])
    expect(await stillThere(api, await heldBy(api, dying), GONE_SECONDS), 'left by the last runner, which was asked to end').toEqual([])
    expect(before).toHaveLength(played ? 3 : 2)
  },
)
