import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { Fault } from '../../fault.ts'
import { unlessAborted } from '../abortable.ts'
import type { Abortable, RequestRecord, Timeline, Traffic, TrafficPlan } from '../contract.ts'
import { now } from './program/clock.ts'
import { Answer, type Order, type PlacedPlan, type Target } from './protocol.ts'

/** Omits from each member of a union. */
type Ask = Order extends infer O ? (O extends Order ? Omit<O, 'call'> : never) : never
type Done = Exclude<Answer, { records: unknown } | { failed: string }>

const CALL_SECONDS = 10
/** The first answer comes from a program that is being started, beside as many others as a class has. */
const START_SECONDS = 60
const PINGS = 5

/** A prober that answers. Disposing closes its input, at which it ends. */
export interface Prober extends Disposable {
  /** Waits until the port accepts a connection; false when it did not in time or the wait was aborted. Throws `prober.failed`. */
  waitForPort(place: { readonly host: string; readonly port: number; readonly withinSeconds: number }, o?: Abortable): Promise<boolean>
  /** Starts sending. `hostOf` says where a target of the plan is to be found from the prober. */
  traffic(plan: TrafficPlan, hostOf: (target: TrafficPlan['targets'][number]) => Omit<Target, 'name'>, o?: Abortable): Promise<Traffic>
}

/** Speaks to a prober over its stdin and stdout, whatever carries them. Resolves when it answers. Throws `Fault` `prober.failed`. */
export const connectProber = async (channel: Duplex, o: Abortable = {}): Promise<Prober> => {
  const wire = openWire(channel)
  const offset = await measureOffset(wire, o)
  let lastTraffic = 0
  return {
    async waitForPort({ host, port, withinSeconds }, { signal } = {}) {
      const done = await wire.ask(
        { do: 'port', host, port, withinMs: withinSeconds * 1000 },
        { signal, seconds: withinSeconds + CALL_SECONDS },
      )
      return 'open' in done && done.open === true
    },
    async traffic(plan, hostOf, { signal } = {}) {
      lastTraffic += 1
      const number = lastTraffic
      const placed: PlacedPlan = { ...plan, targets: plan.targets.map((target) => ({ name: target.name, ...hostOf(target) })) }
      await wire.ask({ do: 'traffic', traffic: number, plan: placed }, { signal })
      return toTraffic(wire, number, plan, offset)
    },
    [Symbol.dispose]: () => wire.close(),
  }
}

const toTraffic = (wire: Wire, traffic: number, plan: TrafficPlan, offset: number): Traffic => {
  let ending: Promise<Timeline> | undefined
  const atOf = (done: Done) => ({ at: ('at' in done ? done.at : done.endedAt) - offset })
  // Sending no more is one order; whoever asks again gets the same timeline.
  const end = (): Promise<Timeline> => {
    const seconds = plan.timeoutMs / 1000 + CALL_SECONDS
    ending ??= wire.askForRecords({ do: 'end', traffic }, { seconds }).then(({ done, records }) => {
      if (!('startedAt' in done)) throw new Fault('prober.failed', 'The prober ended its traffic without saying when.')
      return {
        startedAt: done.startedAt - offset,
        endedAt: done.endedAt - offset,
        changes: done.changes.map((change) => ({ ...change, at: change.at - offset })),
        requests: records.map((record) => shifted(record, offset)).sort((a, b) => a.scheduledAt - b.scheduledAt),
      }
    })
    return ending
  }
  return {
    async reached(condition, { signal } = {}) {
      await wire.ask({ do: 'reached', traffic, ...condition }, { signal, seconds: plan.seconds + plan.timeoutMs / 1000 + CALL_SECONDS })
      signal?.throwIfAborted()
    },
    withdraw: async (target) => atOf(await wire.ask({ do: 'withdraw', traffic, target })),
    restore: async (target) => atOf(await wire.ask({ do: 'restore', traffic, target })),
    end: async ({ signal } = {}) => unlessAborted(end(), signal),
    [Symbol.asyncDispose]: () =>
      end().then(
        () => {},
        () => {},
      ),
  }
}

const shifted = (record: RequestRecord, offset: number): RequestRecord => ({
  ...record,
  scheduledAt: record.scheduledAt - offset,
  startedAt: record.startedAt - offset,
  ...(record.firstByteAt !== undefined && { firstByteAt: record.firstByteAt - offset }),
  endedAt: record.endedAt - offset,
})

/** How far the prober's clock is ahead of ours. What the round trip cannot tell from nothing is nothing. */
const measureOffset = async (wire: Wire, o: Abortable): Promise<number> => {
  let best = { roundTrip: Number.POSITIVE_INFINITY, offset: 0 }
  for (let ping = 0; ping < PINGS; ping += 1) {
    const sentAt = now()
    const done = await wire.ask({ do: 'ping' }, { signal: o.signal, seconds: ping === 0 ? START_SECONDS : CALL_SECONDS })
    const roundTrip = now() - sentAt
    if ('at' in done && roundTrip < best.roundTrip) best = { roundTrip, offset: done.at - (sentAt + roundTrip / 2) }
  }
  return Math.abs(best.offset) <= best.roundTrip / 2 + 1 ? 0 : best.offset
}

interface AskOptions {
  readonly signal?: AbortSignal | undefined
  readonly seconds?: number
}

interface Wire {
  ask(order: Ask, o?: AskOptions): Promise<Done>
  askForRecords(order: Ask, o?: AskOptions): Promise<{ readonly done: Done; readonly records: readonly RequestRecord[] }>
  close(): void
}

/** Orders and answers matched by number. Every order has a deadline; when the prober is gone all of them fail at once. */
const openWire = (channel: Duplex): Wire => {
  const open = new Map<number, { readonly records: RequestRecord[]; settle(answer: Done | Fault): void }>()
  let lastCall = 0
  let gone: Fault | undefined
  const fail = (message: string, cause?: unknown) => {
    gone ??= new Fault('prober.failed', message, { cause })
    for (const { settle } of open.values()) settle(gone)
    open.clear()
  }
  createInterface({ input: channel })
    .on('line', (line) => {
      const parsed = parse(line)
      if (!parsed) return fail(`The prober said something unexpected: ${line.slice(0, 200)}`)
      const call = open.get(parsed.call)
      if ('records' in parsed) call?.records.push(...(parsed.records as RequestRecord[]))
      else call?.settle('failed' in parsed ? new Fault('prober.failed', parsed.failed) : parsed)
    })
    .on('close', () => fail('The prober ended.'))
    // The reader passes on what breaks its input; without a listener that would end the runner.
    .on('error', (cause) => fail('The connection to the prober broke.', cause))
  channel.on('error', (cause) => fail('The connection to the prober broke.', cause))

  const askForRecords: Wire['askForRecords'] = (order, { signal, seconds = CALL_SECONDS } = {}) =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone)
      if (signal?.aborted) return reject(signal.reason)
      lastCall += 1
      const call = lastCall
      const records: RequestRecord[] = []
      const cancel = () => {
        channel.write(`${JSON.stringify({ call: 0, do: 'cancel', of: call })}\n`)
        close()
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        close()
        reject(new Fault('prober.failed', `The prober did not answer "${order.do}" within ${seconds} s.`))
      }, seconds * 1000)
      const close = () => {
        clearTimeout(timer)
        open.delete(call)
        signal?.removeEventListener('abort', cancel)
      }
      signal?.addEventListener('abort', cancel, { once: true })
      open.set(call, {
        records,
        settle: (answer) => {
          close()
          if (answer instanceof Fault) reject(answer)
          else resolve({ done: answer, records })
        },
      })
      channel.write(`${JSON.stringify({ ...order, call })}\n`)
    })
  return {
    askForRecords,
    ask: async (order, o) => (await askForRecords(order, o)).done,
    close: () => {
      channel.end()
    },
  }
}

const parse = (line: string): Answer | undefined => {
  try {
    return Answer.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
