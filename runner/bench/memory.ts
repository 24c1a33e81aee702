import { setTimeout as delay } from 'node:timers/promises'
import type { Engine } from '../sandbox/docker/engine.ts'
import { idleContainer } from './baselines.ts'
import { calm } from './calm.ts'
import { proveIsolation } from './isolation.ts'
import { parentOf, processesNamed, proportionalMiB } from './process-usage.ts'
import type { Product } from './product.ts'
import { PROGRAM } from './programs.ts'
import { type BenchRow, costRow, machine, median } from './report.ts'
import { CannotRun, countingWrong, type Suite } from './suite.ts'

const MOST_SLOTS = 32
const FILL_SECONDS = 60
const MIB = 2 ** 20

/** What a container in waiting costs, beside one that `docker run` left waiting with the same limits. */
export const benchMemory: Suite = async ({ n, product, learner, engine, image, onRound, signal }) => {
  const { submit, wrong } = countingWrong(learner)
  const wanted = Math.min(MOST_SLOTS, n)
  const daemons = daemonsMiB()
  await submit(PROGRAM.hello)
  await Promise.all(Array.from({ length: wanted }, () => submit(PROGRAM.hello)))
  const slots = await filled(engine, product, wanted, signal)
  onRound(0.4)
  await calm()
  const grown = Math.max(0, daemonsMiB() - daemons) / slots.length
  const ours = await Promise.all(slots.map((id) => costOf(engine, id)))
  onRound(0.6)
  const waiting = await Promise.all(Array.from({ length: 4 }, () => idleContainer(engine, image)))
  let theirs: readonly Cost[]
  try {
    await calm()
    theirs = await Promise.all(waiting.map(({ id }) => costOf(engine, id)))
  } finally {
    await Promise.all(waiting.map(({ remove }) => remove()))
  }
  const of = (costs: readonly Cost[], part: keyof Cost) => median(costs.map((cost) => cost[part]))
  const row = (name: string, part: keyof Cost): BenchRow => costRow(name, 'MiB', of(ours, part), of(theirs, part))
  return {
    suite: 'memory',
    n: slots.length,
    machine: machine(),
    rows: [
      costRow(
        "a warm slot in waiting: control group, the engine's process for it, growth of the engine",
        'MiB',
        of(ours, 'group') + of(ours, 'shim') + grown,
        of(theirs, 'group') + of(theirs, 'shim') + grown,
        { upTo: 5 },
      ),
      row('of that its control group, with the agent', 'group'),
      row("of that the engine's process for it", 'shim'),
    ],
    wrongVerdicts: wrong(),
    isolation: await proveIsolation(learner),
  }
}

interface Cost {
  readonly group: number
  readonly shim: number
}

const costOf = async (engine: Engine, id: string): Promise<Cost> => {
  const container = engine.docker.getContainer(id)
  const [{ State }, stats] = await Promise.all([container.inspect(), container.stats({ stream: false, 'one-shot': true })])
  return { group: (stats.memory_stats.usage ?? 0) / MIB, shim: proportionalMiB(parentOf(State.Pid)) }
}

const daemonsMiB = (): number => {
  const pids = [...processesNamed('dockerd'), ...processesNamed('containerd')]
  if (pids.length === 0) throw new CannotRun("The engine's processes are not on this machine, so what a container costs cannot be seen.")
  return pids.reduce((sum, pid) => sum + proportionalMiB(pid), 0)
}

/** The containers that the product keeps in waiting, once there are enough of them. */
const filled = async (engine: Engine, { pid }: Product, wanted: number, signal: AbortSignal): Promise<readonly string[]> => {
  for (const until = Date.now() + FILL_SECONDS * 1000; ; await delay(500, undefined, { signal })) {
    const found = (await engine.docker.listContainers({ filters: { label: ['hatoba.role=exec', 'hatoba.submission=pool'] } })).filter(
      ({ Labels }) => Labels['hatoba.process']?.includes(`/${pid}/`),
    )
    if (found.length >= wanted) return found.map(({ Id }) => Id)
    if (Date.now() > until) throw new CannotRun(`Only ${found.length} of ${wanted} containers were in waiting after ${FILL_SECONDS} s.`)
  }
}
