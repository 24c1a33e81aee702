import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Exit, LogLine, RequestRecord, SandboxContext, Service } from '../../kit/index.ts'
import { type Situation, type Stretch, situationsOf, stretchesOf } from './day.ts'
import { type Layout, readLayout } from './layout.ts'
import { PARTS, type Part, type Recording, readRecording, readTerms, type Terms } from './terms.ts'

export const FILES = { 'layout.yaml': 'edit', 'recording.yaml': 'read', 'terms.yaml': 'read' } as const
type Inside = SandboxContext<typeof FILES>

/** A piece of a situation, really played: the recorded load on the copies that are ready then. */
export interface Played extends Situation {
  readonly requests: readonly RequestRecord[]
  readonly inTime: number
  /** What the objective allows at the pace it was played at. */
  readonly limitMs: number
  /** So many times as slowly, requests and arrivals alike: 1 unless the machine stumbled. */
  readonly pace: number
  /** Which part of their time the copies had something to do, 0 to 1. */
  readonly busy: number
}

/** How many in a hundred were answered in time. */
export const percentOf = ({ inTime, requests }: Pick<Played, 'inTime' | 'requests'>): number =>
  requests.length === 0 ? 100 : (100 * inTime) / requests.length

/** A copy that ended before anybody stopped it. */
export interface Gone {
  readonly part: Part
  readonly copy: string
  readonly exit: Exit
  readonly log: readonly LogLine[]
}

/** The recorded day on the learner's layout. */
export interface Day {
  readonly layout: Layout
  readonly terms: Terms
  readonly recording: Recording
  readonly stretches: readonly Stretch[]
  readonly played: readonly Played[]
  readonly gone: readonly Gone[]
  /** The shop with one copy fewer. `copies` are their names, the lost one first. */
  readonly loss: Played & { readonly copies: readonly string[]; readonly killedAt: number }
}

const PORT = 8080
/** Of each situation so much is played: long enough for a queue that grows to be far beyond the limit, at 20 requests and more. */
const SECONDS = 1.4
/** Where that was not in time it is played again, more slowly: the queue of too few copies grows as long, but what a busy machine adds counts for less. */
const PACES = [1, 2, 4] as const
const GAUGE_REQUESTS = 12
const PATIENCE_MS = 10_000

/** Plays the day. How many requests a copy can answer is the same on every machine; how long one may take is measured on this one. */
export const observe = async (inside: Inside): Promise<Day> => {
  const { files, signal, doing } = inside
  const terms = readTerms(files['terms.yaml'])
  const recording = readRecording(files['recording.yaml'])
  const read = readLayout(files['layout.yaml'])
  if ('answer' in read) throw new Error('layout.yaml was not read, yet it is played')
  const { layout } = read
  const stretches = stretchesOf(layout, recording, terms)

  doing('start')
  const [gauge, ...started] = await Promise.all([
    startCopy(inside, {
      name: 'gauge',
      hands: terms.sizes.small['at-once'],
      memoryMiB: terms.sizes.small['memory-mib'],
      holdsMiB: 0,
      terms,
    }),
    ...PARTS.map((part) => startPart(inside, part, layout, terms)),
  ])
  const copies: Readonly<Record<Part, readonly Service[]>> = {
    shop: started[0] ?? [],
    staging: started[1] ?? [],
    reports: started[2] ?? [],
  }
  const ends = watch(copies, signal)
  const requestMs = await measure(inside, gauge)
  const playing: Playing = { inside, layout, terms, unhurriedMs: requestMs }

  doing('play')
  const situations = situationsOf(stretches)
  const ofPart = async (part: Part): Promise<Played[]> => {
    const played: Played[] = []
    for (const situation of situations.filter((candidate) => candidate.part === part))
      played.push(await play(playing, situation, copies[part].slice(0, situation.ready)))
    return played
  }
  const played = (await Promise.all(PARTS.map(ofPart))).flat()
  const gone = await ends()

  doing('loss')
  const loss = await lose(playing, stretches, recording, copies.shop)
  signal.throwIfAborted()
  return { layout, terms, recording, stretches, played, gone, loss }
}

interface Playing {
  readonly inside: Inside
  readonly layout: Layout
  readonly terms: Terms
  /** What a request takes on this machine where nobody waits. */
  readonly unhurriedMs: number
}

const startPart = (inside: Inside, part: Part, layout: Layout, terms: Terms): Promise<Service[]> => {
  const size = terms.sizes[layout.size[part]]
  const most = Math.max(...layout.ordered[part])
  return Promise.all(
    Array.from({ length: most }, (_, index) =>
      startCopy(inside, {
        name: `${part}-${index + 1}`,
        hands: size['at-once'],
        memoryMiB: size['memory-mib'],
        holdsMiB: terms.memory[part],
        terms,
      }),
    ),
  )
}

interface Copy {
  readonly name: string
  readonly hands: number
  readonly memoryMiB: number
  readonly holdsMiB: number
  readonly terms: Terms
}

const startCopy = async ({ sandbox, signal }: Inside, { name, hands, memoryMiB, holdsMiB, terms }: Copy): Promise<Service> => {
  const service = await sandbox.start(
    {
      name,
      command: ['node', 'desk.mjs'],
      files: { 'desk.mjs': await readFile(join(import.meta.dirname, 'desk.js'), 'utf8') },
      env: { NAME: name, HANDS: String(hands), REQUEST_MS: String(terms['request-ms']), HOLDS_MIB: String(holdsMiB) },
      limits: { memoryMiB },
      ready: { port: PORT, withinSeconds: 20 },
    },
    { signal },
  )
  if (!service.readiness.ready) throw new Error(`${name} did not become ready`)
  return service
}

/** Notes who ends; the copies that have ended so far, when asked. */
const watch = (copies: Readonly<Record<Part, readonly Service[]>>, signal: AbortSignal): (() => Promise<Gone[]>) => {
  const ended: { part: Part; service: Service; exit: Exit }[] = []
  for (const part of PARTS)
    for (const service of copies[part])
      service.exited({ signal }).then(
        (exit) => ended.push({ part, service, exit }),
        () => {},
      )
  return () =>
    Promise.all(
      [...ended].map(async ({ part, service, exit }) => ({
        part,
        copy: service.name,
        exit,
        log: await Array.fromAsync(service.logs({ signal })),
      })),
    )
}

/** What one request takes where no other waits: the median of several. */
const measure = async ({ sandbox, signal }: Inside, gauge: Service): Promise<number> => {
  await using traffic = await sandbox.traffic(
    {
      targets: [{ name: gauge.name, port: PORT }],
      request: { path: '/' },
      arrivals: { kind: 'closed', clients: 2 },
      connections: 'keep-alive',
      requests: GAUGE_REQUESTS,
      seconds: 10,
      timeoutMs: PATIENCE_MS,
    },
    { signal },
  )
  await traffic.reached({ answered: GAUGE_REQUESTS }, { signal })
  const took = (await traffic.end({ signal })).requests.map(({ startedAt, endedAt }) => endedAt - startedAt).sort((a, b) => a - b)
  await gauge[Symbol.asyncDispose]()
  return took[Math.floor(took.length / 2)] ?? PATIENCE_MS
}

/** The situation as it was played at the first pace that was in time, or else at once. */
const play = async (playing: Playing, situation: Situation, copies: readonly Service[]): Promise<Played> => {
  const [first, ...slower] = PACES
  const isInTime = (played: Played): boolean => percentOf(played) >= playing.terms.objective.percent
  const played = await playAt(first, playing, situation, copies)
  if (isInTime(played) || situation.ready === 0) return played
  for (const pace of slower) {
    const again = await playAt(pace, playing, situation, copies)
    if (isInTime(again)) return again
  }
  return played
}

const playAt = async (pace: number, playing: Playing, situation: Situation, copies: readonly Service[]): Promise<Played> => {
  const { inside, layout, terms, unhurriedMs } = playing
  const { sandbox, signal } = inside
  const lastingSeconds = SECONDS * pace
  const requestMs = terms['request-ms'] * pace
  // The times agreed of what a request takes, and what this machine adds to it.
  const limitMs = requestMs * terms.objective['within-times'] + (unhurriedMs - terms['request-ms'])
  await using traffic = await sandbox.traffic(
    {
      targets: copies.map(({ name }) => ({ name, port: PORT })),
      request: { path: `/?pace=${pace}` },
      arrivals: { kind: 'open', perSecond: situation.perMinute / 60 / pace },
      connections: 'keep-alive',
      seconds: lastingSeconds,
      timeoutMs: PATIENCE_MS,
    },
    { signal },
  )
  await traffic.reached({ answered: Number.MAX_SAFE_INTEGER }, { signal })
  const { requests } = await traffic.end({ signal })
  const answered = requests.filter(({ status, error }) => status === 200 && error === undefined)
  const hands = copies.length * terms.sizes[layout.size[situation.part]]['at-once']
  const seconds = Math.max(lastingSeconds, ((requests.at(-1)?.endedAt ?? 0) - (requests[0]?.startedAt ?? 0)) / 1000)
  return {
    ...situation,
    requests,
    limitMs,
    pace,
    inTime: answered.filter(({ startedAt, endedAt }) => endedAt - startedAt <= limitMs).length,
    busy: Math.min(1, (answered.length * requestMs) / 1000 / (seconds * hands)),
  }
}

/** Kills one copy of the shop, and plays what was asked then on those that are left. */
const lose = async (
  playing: Playing,
  stretches: readonly Stretch[],
  { lossAt }: Recording,
  shop: readonly Service[],
): Promise<Day['loss']> => {
  const then = stretches.find(({ part, from, to }) => part === 'shop' && from <= lossAt && lossAt < to)
  if (then === undefined) throw new Error('the shop has no layout at the time of the loss')
  const [lost, ...left] = shop.slice(0, then.ready)
  if (lost === undefined) throw new Error('the shop has no copy to lose, yet the day was played')
  const killedAt = Date.now()
  await lost.signal('SIGKILL')
  await lost.exited({ signal: playing.inside.signal })
  const situation: Situation = { part: 'shop', perMinute: then.perMinute, ready: left.length }
  // Where nobody is left, the requests go where somebody was.
  const played = await play(playing, situation, left.length > 0 ? left : [lost])
  return { ...played, copies: [lost, ...left].map(({ name }) => name), killedAt }
}
