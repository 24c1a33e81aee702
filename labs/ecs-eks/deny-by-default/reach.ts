import { z } from 'zod'
import { ask, betweenLooks, type ClusterContext } from '../../kit/index.ts'
import { ASKERS, type Place, PODS, PORT, WAYS, type Way } from './ways.ts'

/**
 * How long one connection is tried. A packet that nobody answers is sent again after a second, so two have been sent by then: one that was
 * lost is none that was refused.
 */
const TRY_MS = 2300
const SENT_AGAIN_MS = 1100
const MOST_RUNS = 3

type Inside = Pick<ClusterContext<Record<never, never>>, 'cluster' | 'signal'>

/** `unsure`: nothing came back, and nothing of what must come back did in the same moment either. */
export type Reached = 'open' | 'shut' | 'unsure'
export interface Round {
  readonly ways: ReadonlyMap<string, Reached>
  /** Who got no answer to a name, and which name. */
  readonly unnamed: readonly { readonly from: Place; readonly name: string; readonly error: string }[]
  /** Whether the name server answered somebody whom no policy of the learner's holds back. */
  readonly named: boolean
}

/** Where each place is: Pods by their own address, Services by theirs. */
export interface Addresses {
  readonly Pod: Readonly<Record<string, string>>
  readonly Service: Readonly<Record<string, string>>
}

/** A try and when it was made, in milliseconds of whichever clock made it. */
interface Call {
  readonly began: number
  readonly ended: number
}

const saidSchema = z.object({
  resolved: z.array(z.object({ name: z.string(), address: z.string().optional(), error: z.string().optional() })),
  knocked: z.array(z.object({ id: z.string(), as: z.string(), began: z.number(), ended: z.number() })),
})

/** What a try came to, beside connections that were made meanwhile: refused is what stays silent while others get through. */
export const judge = (as: string, tried: Call, made: readonly Call[]): Reached => {
  if (as === 'open') return 'open'
  if (as !== 'silent') return 'shut'
  return made.some(({ began, ended }) => began >= tried.began + SENT_AGAIN_MS && ended <= tried.ended) ? 'shut' : 'unsure'
}

/** Tries all ways at once, from every place. */
export const tryAll = async (inside: Inside, addresses: Addresses): Promise<Round> => {
  const [outside, ...said] = await Promise.all([fromOutside(inside, addresses), ...PODS.map((pod) => fromPod(inside, addresses, pod))])
  const made = await callsOf(inside)
  const ways = new Map(outside)
  for (const { knocked } of said) for (const knock of knocked) ways.set(knock.id, judge(knock.as, knock, made))
  const unnamed = said.flatMap(({ from, resolved }) =>
    resolved.flatMap(({ name, error }) => (error === undefined || from === 'newsletter' ? [] : [{ from, name, error }])),
  )
  const named = said.some(({ from, resolved }) => from === 'newsletter' && resolved.every(({ error }) => error === undefined))
  return { ways, unnamed, named }
}

/**
 * Lets the newsletter call the front from now on. As long as the front takes anybody it gets through, and what it got through is the
 * measure for all Pods of their node.
 */
export const beginCalls = async ({ cluster, signal }: Inside, { Pod }: Addresses): Promise<void> => {
  const target = { name: Pod['newsletter'] ?? '', port: PORT }
  for (;;) {
    const { status } = await ask(cluster, target, { path: `/call?host=${Pod['front']}` }, { timeoutMs: TRY_MS, signal })
    if (status === 200) return
    await betweenLooks({ signal })
  }
}

const callsOf = async ({ cluster, signal }: Inside): Promise<readonly Call[]> =>
  (await cluster.logs('newsletter', { lines: 500, signal })).flatMap(({ text }) => {
    const [, began, ended] = /^call (\d+) (\d+)$/.exec(text.trim()) ?? []
    return began === undefined ? [] : [{ began: Number(began), ended: Number(ended) }]
  })

const fromPod = async (inside: Inside, addresses: Addresses, from: (typeof PODS)[number]) => {
  const doors = WAYS.filter((way) => way.from === from).map((way) => ({ id: way.id, host: hostOf(addresses, way), port: way.port }))
  const names = from === 'debug' ? [] : ASKERS.filter((name) => name !== from)
  const input = JSON.stringify({ names, doors, tryMs: TRY_MS })
  return { from, ...saidSchema.parse(JSON.parse(await saidIn(inside, from, input))) }
}

/**
 * What a program in a Pod says can be lost on its way through the node's runtime, as in https://github.com/kubernetes/kubernetes/issues/34256:
 * one that said nothing at all is run again.
 */
const saidIn = async ({ cluster, signal }: Inside, from: string, input: string): Promise<string> => {
  for (let run = 1; ; run += 1) {
    const { stdout, stderr, ended } = await cluster.exec(from, ['node', '/app/reach.js', input], { wallSeconds: 60, signal })
    const [said, complaint] = [stdout, stderr].map((bytes) => Buffer.from(bytes).toString('utf8'))
    if (said) return said
    if (run === MOST_RUNS) throw new Error(`reach.js says nothing in ${from}; the last one ended ${JSON.stringify(ended)} ${complaint}`)
  }
}

/** Empty for the name server, which a Pod finds in its own configuration. */
const hostOf = (addresses: Addresses, { to, by }: Way): string => addresses[by][to] ?? ''

const fromOutside = async ({ cluster, signal }: Inside, addresses: Addresses) => {
  const ways = WAYS.filter(({ from }) => from === 'outside')
  await using steady = await cluster.traffic(
    {
      targets: [{ name: addresses.Pod['front'] ?? '', port: PORT }],
      request: { path: '/' },
      arrivals: { kind: 'open', perSecond: 8 },
      connections: 'fresh',
      seconds: 60,
      timeoutMs: TRY_MS,
    },
    { signal },
  )
  const asked = await Promise.all(
    ways.map(async (way) => {
      const target = { name: hostOf(addresses, way), port: way.port }
      const { status, error, startedAt, endedAt } = await ask(cluster, target, { path: '/' }, { timeoutMs: TRY_MS, signal })
      const as = status === 200 ? 'open' : error === 'timeout' ? 'silent' : (error ?? 'answered')
      return { id: way.id, as, call: { began: startedAt, ended: endedAt } }
    }),
  )
  const { requests } = await steady.end({ signal })
  const made = requests.filter(({ status }) => status === 200).map(({ startedAt, endedAt }) => ({ began: startedAt, ended: endedAt }))
  return asked.map(({ id, as, call }) => [id, judge(as, call, made)] as const)
}
