import { Fault } from '../../../fault.ts'
import { AHEAD_SECONDS, type AheadOptions, ownAhead } from '../ahead.ts'
import type { EngineFacts } from '../facts.ts'
import { removeAll } from '../remove.ts'
import { type Ground, type KeptGround, keptGround } from './ground.ts'

/** The network of a sandbox that has it for itself. */
type Fresh = () => Promise<Ground>

export interface Grounds extends AsyncDisposable {
  /** One that another sandbox has left, or a new one that others can be left; a fresh one where there cannot be any. Throws `Fault` `engine.*`. */
  take(fresh: Fresh): Promise<Ground>
  /** The same for whoever waits for it: alone, it is sooner on a network of its own than on one that others can use after it. */
  soonest(fresh: Fresh): Promise<Ground>
}

export interface GroundsOptions extends AheadOptions {
  readonly facts: () => Promise<EngineFacts>
  /** The image of the places. */
  readonly image: string
  /** Most that lie free; 0: none is ever made. */
  readonly most: number
}

/** How long one lies free: a container that sleeps is some 15 MiB with what the engine keeps beside it. */
const FREE_MS = 60_000

interface Made extends KeptGround {
  /** Until when it is there for as long as whoever takes it may need it, in milliseconds since the epoch. */
  readonly takenBefore: number
  remove(): Promise<void>
}

/**
 * Keeps networks for one sandbox after the other. To put a container on a network costs Docker more than everything else about that
 * container; to let it stand where a sleeping one has its own costs nothing, as Kubernetes has it with the containers of a Pod.
 */
export const openGrounds = (options: GroundsOptions): Grounds => {
  const free = new Map<Made, NodeJS.Timeout>()
  const removing = new Set<Promise<void>>()
  let possible = options.most > 0
  let disposed = false

  /** What could not be done keeps its label and its deadline, and the sweep tries again. */
  const remove = (made: Made): Promise<void> => {
    clearTimeout(free.get(made))
    free.delete(made)
    const removal = made
      .remove()
      .catch(() => {})
      .finally(() => removing.delete(removal))
    removing.add(removal)
    return removal
  }
  const back = async (made: Made): Promise<void> => {
    await made.rest()
    if (disposed) return remove(made)
    free.set(made, setTimeout(remove, FREE_MS, made).unref())
    const [oldest] = free.keys()
    if (oldest && free.size > options.most) void remove(oldest)
  }
  const open = (made: Made): Ground =>
    made.open(async (empty) => {
      await (disposed || !empty ? remove(made) : back(made).catch(() => remove(made)))
    })
  const spare = (): Ground | undefined => {
    const made = [...free.keys()].at(-1)
    if (made === undefined) return undefined
    clearTimeout(free.get(made))
    free.delete(made)
    if (made.takenBefore > Date.now() && made.stands()) return open(made)
    void remove(made)
    return spare()
  }
  const take: Grounds['take'] = async (fresh) => {
    const there = spare()
    if (there) return there
    if (!possible) return fresh()
    try {
      return open(await make(options))
    } catch (thrown) {
      if (!(thrown instanceof Fault && thrown.code === 'sandbox.impossible')) throw thrown
      possible = false
      return fresh()
    }
  }
  let waitedFor = 0
  return {
    take,
    async soonest(fresh) {
      waitedFor += 1
      try {
        const ground = spare() ?? (await (waitedFor > 1 ? take(fresh) : fresh()))
        let leaving: Promise<void> | undefined
        const leave: Ground['leave'] = (removing) => (leaving ??= ground.leave(removing).finally(() => (waitedFor -= 1)))
        return { ...ground, leave }
      } catch (thrown) {
        waitedFor -= 1
        throw thrown
      }
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      for (const made of [...free.keys()]) void remove(made)
      await Promise.all(removing)
    },
  }
}

const make = async (options: GroundsOptions): Promise<Made> => {
  const { engine, facts, image } = options
  const known = await facts()
  // Another engine may have its own idea of a network that two containers share.
  if (!known.takesFilter) throw new Fault('sandbox.impossible', 'Networks are kept for the next sandbox on Docker Engine only.')
  // So long may whoever takes one in the first half of its life need it.
  const { owner, release } = ownAhead(options, 2 * AHEAD_SECONDS)
  const remove = () => release(() => removeAll(engine, owner))
  try {
    const ground = await keptGround({ engine, facts: known, owner }, image)
    return { ...ground, takenBefore: (owner.deadline - AHEAD_SECONDS) * 1000, remove }
  } catch (thrown) {
    await remove()
    throw thrown
  }
}
