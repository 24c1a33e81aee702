import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  applyWork,
  configMapOf,
  manifestsIn,
  POD,
  podState,
  refusedAnswer,
  serviceAddress,
  type Watch,
  watchObjects,
} from '../../kit/cluster/index.ts'
import { ask, type ClusterContext, type Halt, halt } from '../../kit/index.ts'
import { fieldsOf, listOf, type Manifest } from '../../kit/kubernetes/index.ts'
import { type Addresses, beginCalls, type Round, tryAll } from './reach.ts'
import { PODS, SENTINEL, SERVICES, WAYS } from './ways.ts'

/** The files of the lab; the Pods and the other team's policy are given. */
export const FILES = { 'policies.yaml': 'edit', 'pods.yaml': 'read', 'newsletter.yaml': 'read' } as const
type Inside = ClusterContext<typeof FILES>

/** One of them may have to wait while another submission drains the node that the first of them is on. */
const START_SECONDS = 180
/** What the lab itself waits for is no matter of the learner's. */
const OURS_SECONDS = 90
/** A port that the other team opens after the learner's policies have been applied. */
const LATE_PORT = 8081
const LATE_TRY_MS = 1000
/** How long a way may take to be as it is wanted once the late port is open: so many times as long as that took, and at least so long. */
const TIMES = 4
const LEAST_MS = 4000
/** How long a cluster that enforces nothing may take until it does again, before the learner's policies count as what opened it. */
const ENFORCED_MS = 30_000
/** What has to work and does not is asked so often, each time with a name server that answers others. */
const LACKING_ROUNDS = 3

/** Who reached whom before the policies were there and after. */
export interface Reach {
  readonly before: Round
  readonly after: Round
}

/** Tries every way before the policies are there, applies them, waits until the nodes know them, and tries every way again. */
export const observe = async (inside: Inside): Promise<Reach | Halt> => {
  const { files, cluster, signal, doing } = inside
  doing('start')
  const [newsletter] = manifestsIn(files, ['newsletter.yaml'])
  if (newsletter === undefined) throw new Error('the newsletter has a policy')
  const own = [
    configMapOf('pier', { 'place.js': await ours('place.js'), 'reach.js': await ours('reach.js') }),
    ...manifestsIn(files, ['pods.yaml']),
    newsletter,
  ]
  await applyWork(cluster, { own, work: [] }, { signal })
  await using pods = await watchObjects(cluster, POD, { signal })
  const ready = await pods.until((objects) => objects.map(podState).filter((pod) => pod.ready).length === PODS.length, {
    withinSeconds: START_SECONDS,
    signal,
  })
  if (!ready) throw new Error(`the Pods of the lab are not ready after ${START_SECONDS} s`)
  const addresses = await addressesOf(inside, pods)

  doing('before')
  const late = async () =>
    (await ask(cluster, { name: addresses.Pod['newsletter'] ?? '', port: LATE_PORT }, { path: '/' }, { timeoutMs: LATE_TRY_MS, signal }))
      .status === 200
  await within(OURS_SECONDS, 'the late port is shut', async () => !(await late()))
  await beginCalls(inside, addresses)
  let before = await tryAll(inside, addresses)
  await within(OURS_SECONDS, 'everybody reaches everybody', async () => {
    if (isOpen(before)) return true
    before = await tryAll(inside, addresses)
    return isOpen(before)
  })

  doing('policies')
  const { refusals } = await applyWork(cluster, { work: manifestsIn(files, ['policies.yaml']) }, { signal })
  const refused = refusedAnswer(refusals)
  if (refused !== undefined) return halt('accepted', refused)
  // What was applied later is known later: when this is, so is the learner's.
  const appliedAt = Date.now()
  await applyWork(cluster, { own: [withPort(newsletter, LATE_PORT)], work: [] }, { signal })
  await within(OURS_SECONDS, 'the late port is open', late)
  const knownAt = Date.now()
  const until = knownAt + Math.max(LEAST_MS, TIMES * (knownAt - appliedAt))

  doing('after')
  for (let lacking = 0; ; ) {
    const begunAt = Date.now()
    const after = await tryAll(inside, addresses)
    if (isWanted(after)) return { before, after }
    lacking = isLacking(after) ? lacking + Number(after.named) : 0
    if (begunAt < until || (after.ways.get(SENTINEL.id) === 'open' && begunAt < until + ENFORCED_MS)) continue
    if (lacking >= LACKING_ROUNDS) return { before, after }
    // A way that should be shut is judged beside one that got through in the same moment, or once more.
    if (!isLacking(after) && ![...after.ways.values()].includes('unsure')) return { before, after }
  }
}

const ours = (file: string): Promise<string> => readFile(join(import.meta.dirname, file), 'utf8')

const addressesOf = async ({ cluster, signal }: Inside, pods: Watch): Promise<Addresses> => ({
  Pod: Object.fromEntries((pods.seen.at(-1)?.objects ?? []).map(podState).map(({ name, address = '' }) => [name, address])),
  Service: Object.fromEntries(
    await Promise.all(SERVICES.map(async (name) => [name, await serviceAddress(cluster, name, { signal })] as const)),
  ),
})

/** Asks until it is so. Rejects after so long: then it is the cluster that is at fault, and nobody's work. */
const within = async (seconds: number, what: string, isSo: () => Promise<boolean>): Promise<void> => {
  const until = Date.now() + seconds * 1000
  while (!(await isSo())) if (Date.now() > until) throw new Error(`not within ${seconds} s: ${what}`)
}

const isOpen = ({ ways, unnamed }: Round): boolean =>
  unnamed.length === 0 && WAYS.every(({ id }) => ways.get(id) === (id === SENTINEL.id ? 'shut' : 'open'))

const isWanted = ({ ways, unnamed }: Round): boolean =>
  unnamed.length === 0 && WAYS.every(({ id, wanted }) => ways.get(id) === (wanted ? 'open' : 'shut'))

const isLacking = ({ ways, unnamed }: Round): boolean =>
  unnamed.length > 0 || WAYS.some(({ id, wanted }) => wanted && ways.get(id) !== 'open')

/** The other team's policy with one more port that anybody may come to. */
const withPort = (policy: Manifest, port: number): Manifest => {
  const spec = fieldsOf(policy.value['spec'])
  const ingress = listOf(spec['ingress']).map((rule) => ({ ...fieldsOf(rule), ports: [...listOf(fieldsOf(rule)['ports']), { port }] }))
  return { ...policy, value: { ...policy.value, spec: { ...spec, ingress } } }
}
