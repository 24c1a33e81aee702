import { afterEach, describe, expect, it, vi } from 'vitest'
import { Fault } from '../../../runner/fault.ts'
import type { Agent } from '../../../runner/sandbox/agent/client.ts'
import { Demand } from '../../../runner/sandbox/demand.ts'
import { openHosts } from '../../../runner/sandbox/hosts.ts'
import { openPool, type Pool, type PoolOptions, type Shape, type Slot } from '../../../runner/sandbox/pool.ts'

const SHAPE: Shape = { image: 'python', limits: { memoryMiB: 64, cpus: 1, pids: 32, diskMiB: 8 } }
const OTHER: Shape = { ...SHAPE, limits: { ...SHAPE.limits, memoryMiB: 128 } }

/** Containers that cost a moment to start, and tell what became of each. */
const engine = ({ startMs = 1 } = {}) => {
  const state = { started: 0, removed: [] as string[], starting: 0, mostStarting: 0, failing: undefined as Fault | undefined }
  const ends = new Map<string, () => void>()
  const start = async (shape: Shape): Promise<Slot> => {
    state.starting += 1
    state.mostStarting = Math.max(state.mostStarting, state.starting)
    await new Promise((resolve) => setTimeout(resolve, startMs))
    state.starting -= 1
    if (state.failing) throw state.failing
    state.started += 1
    const id = `${shape.limits.memoryMiB}-${state.started}`
    const ended = new Promise<void>((resolve) => ends.set(id, resolve))
    const agent = {} as Agent
    return { id, agent, ended, expiresAt: Date.now() + 3_600_000, resize: async () => {}, remove: async () => void state.removed.push(id) }
  }
  return { state, start, die: (id: string) => ends.get(id)?.() }
}

let pool: Pool<Shape, Slot> | undefined
const open = (options: Partial<PoolOptions<Shape, Slot>> & Pick<PoolOptions<Shape, Slot>, 'start'>): Pool<Shape, Slot> => {
  pool = openPool({ most: 8, ...options })
  return pool
}
const until = (condition: () => boolean) => vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 5 })

afterEach(() => pool?.[Symbol.asyncDispose]())

describe('a pool of single-use containers', () => {
  it('gives out each once, whatever happens to it', async () => {
    const { start } = engine()
    const of = open({ start })
    const seen = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const slot = await of.take(SHAPE)
      expect(seen.has(slot.id)).toBe(false)
      seen.add(slot.id)
      of.give(slot)
    }
  })

  it('removes everything that it gave out and everything that it kept', async () => {
    const { start, state } = engine()
    const of = open({ start })
    const slots = await Promise.all(Array.from({ length: 6 }, () => of.take(SHAPE)))
    for (const slot of slots) of.give(slot)
    await until(() => of.ready >= 2)
    await of[Symbol.asyncDispose]()
    expect(new Set(state.removed).size).toBe(state.started)
    expect(state.removed).toHaveLength(state.started)
  })

  it('is filled in calm to what was asked for at once, and not beyond its size', async () => {
    const { start } = engine()
    const of = open({ start, most: 5 })
    for (const slot of await Promise.all(Array.from({ length: 4 }, () => of.take(SHAPE)))) of.give(slot)
    await until(() => of.ready === 4)
    for (const slot of await Promise.all(Array.from({ length: 9 }, () => of.take(SHAPE)))) of.give(slot)
    await until(() => of.ready === 5)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(of.ready).toBe(5)
  })

  it('starts few at a time, however many wait', async () => {
    const { start, state } = engine({ startMs: 5 })
    const of = open({ start })
    for (const slot of await Promise.all(Array.from({ length: 12 }, () => of.take(SHAPE)))) of.give(slot)
    expect(state.mostStarting).toBeLessThanOrEqual(3)
  })

  it('leaves the engine alone while a submission runs', async () => {
    const { start, state } = engine()
    const of = open({ start })
    of.give(await of.take(SHAPE))
    await until(() => of.ready === 2)
    const before = { started: state.started, removed: state.removed.length }
    const held = await of.take(SHAPE)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect({ started: state.started, removed: state.removed.length }).toEqual(before)
    of.give(held)
    await until(() => of.ready === 2 && state.removed.includes(held.id))
  })

  it('keeps different shapes apart', async () => {
    const { start } = engine()
    const of = open({ start })
    const [one, two] = [await of.take(SHAPE), await of.take(OTHER)]
    expect([one.id.split('-')[0], two.id.split('-')[0]]).toEqual(['64', '128'])
    of.give(one)
    of.give(two)
  })

  it('does not give out a container that has ended while it waited', async () => {
    const { start, die, state } = engine()
    const of = open({ start })
    of.give(await of.take(SHAPE))
    await until(() => of.ready === 2)
    for (let id = 1; id <= state.started; id++) die(`64-${id}`)
    const dead = state.started
    await new Promise(setImmediate)
    const slot = await of.take(SHAPE)
    expect(Number(slot.id.split('-')[1])).toBeGreaterThan(dead)
    of.give(slot)
  })

  it('drains when nobody asks any more', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    try {
      const { start, state } = engine()
      const of = open({ start, rememberSeconds: 60 })
      const taken = of.take(SHAPE)
      await vi.advanceTimersByTimeAsync(100)
      of.give(await taken)
      await vi.advanceTimersByTimeAsync(2_000)
      expect(of.ready).toBe(2)
      await vi.advanceTimersByTimeAsync(90_000)
      expect(of.ready).toBe(0)
      expect(state.removed).toHaveLength(state.started)
    } finally {
      vi.useRealTimers()
    }
  })

  it('tells whoever waits why a start failed, and tries again for the next', async () => {
    const { start, state } = engine()
    const of = open({ start })
    state.failing = new Fault('engine.failed', 'no')
    await expect(of.take(SHAPE)).rejects.toBe(state.failing)
    state.failing = undefined
    of.give(await of.take(SHAPE))
  })

  it('forgets who stopped waiting', async () => {
    const { start, state } = engine({ startMs: 30 })
    const of = open({ start })
    const controller = new AbortController()
    const taken = of.take(SHAPE, { signal: controller.signal })
    const reason = new Error('gone')
    setImmediate(() => controller.abort(reason))
    await expect(taken).rejects.toBe(reason)
    await until(() => state.started > 0)
    await of[Symbol.asyncDispose]()
    expect(state.removed).toHaveLength(state.started)
  })

  it('leaves nothing of what was being started when it was disposed of', async () => {
    const { start, state } = engine({ startMs: 30 })
    const of = open({ start })
    const taken = of.take(SHAPE)
    taken.catch(() => {})
    await until(() => state.starting > 0)
    await of[Symbol.asyncDispose]()
    await expect(taken).rejects.toThrow('disposed')
    expect(state.removed).toHaveLength(state.started)
    await expect(of.take(SHAPE)).rejects.toThrow('disposed')
  })
})

describe('hosts of a pool', () => {
  const hosts = ({ works = true, most = 2 } = {}) => {
    const state = { hosts: 0, inUse: 0, mostInUse: 0, nested: 0, removed: 0 }
    const start = async () => {
      state.hosts += 1
      return {
        expiresAt: Date.now() + 3_600_000,
        ended: new Promise<void>(() => {}),
        reusable: () => true,
        remove: async () => {
          state.removed += 1
        },
        nest: async (): Promise<Slot> => {
          if (!works) throw new Fault('engine.failed', 'no namespaces here')
          state.inUse += 1
          state.nested += 1
          state.mostInUse = Math.max(state.mostInUse, state.inUse)
          const agent = {} as Agent
          return {
            id: `nested-${state.nested}`,
            agent,
            ended: new Promise<void>(() => {}),
            expiresAt: Date.now() + 3_600_000,
            resize: async () => {},
            remove: async () => {
              state.inUse -= 1
            },
          }
        },
      }
    }
    const options: PoolOptions<Shape, Slot>['hosts'] = (shape, onChange, signal) => openHosts(shape, { start, most }, onChange, signal)
    return { state, options }
  }
  const use = async (of: Pool<Shape, Slot>, times: number) => {
    const ids: string[] = []
    const one = async () => {
      const slot = await of.take(SHAPE)
      ids.push(slot.id)
      await new Promise((resolve) => setTimeout(resolve, 2))
      of.give(slot)
    }
    await Promise.all(Array.from({ length: times }, one))
    return ids
  }

  it('serve what the pool cannot, each one at a time, and are used again', async () => {
    const { start } = engine({ startMs: 10_000_000 })
    const { state, options } = hosts()
    const of = openPool({ start, most: 0, hosts: options })
    const ids = await use(of, 20)
    expect(new Set(ids).size).toBe(20)
    expect(state).toMatchObject({ hosts: 2, mostInUse: 2, nested: 20 })
    await of[Symbol.asyncDispose]()
    expect(state).toMatchObject({ inUse: 0, removed: 2 })
  })

  it('spare the engine the starts beside what runs', async () => {
    const { start, state } = engine()
    const { options } = hosts()
    const of = openPool({ start, most: 4, yieldSeconds: 0, hosts: options })
    const held = await of.take(SHAPE)
    await use(of, 20)
    await until(() => state.starting === 0)
    const before = state.started
    for (let i = 0; i < 40; i++) await use(of, 1)
    expect(state.started).toBe(before)
    of.give(held)
    await of[Symbol.asyncDispose]()
  })

  it('that cannot make namespaces are given up, and nobody notices', async () => {
    const { start } = engine()
    const { state, options } = hosts({ works: false })
    const of = open({ start, most: 4, hosts: options })
    const ids = await use(of, 10)
    expect(ids.every((id) => id.startsWith('64-'))).toBe(true)
    await of[Symbol.asyncDispose]()
    expect(state.removed).toBe(state.hosts)
    expect(state.hosts).toBeLessThanOrEqual(1)
  })
})

describe('demand', () => {
  it('is the most within a few seconds, as long as it is remembered', () => {
    const demand = new Demand({ keptSeconds: 60 })
    expect(demand.peak(0)).toBe(0)
    for (const at of [0, 100, 200, 9_000]) demand.note(at)
    expect(demand.peak(10_000)).toBe(3)
    expect(demand.peak(61_000)).toBe(1)
    expect(demand.peak(70_000)).toBe(0)
  })
})
