import { readdirSync } from 'node:fs'
import type { Engine } from '../sandbox/docker/engine.ts'
import { LABEL, OURS } from '../sandbox/docker/labels.ts'
import { calm } from './calm.ts'
import { proveIsolation } from './isolation.ts'
import { residentMiB } from './process-usage.ts'
import type { Product } from './product.ts'
import { PROGRAM } from './programs.ts'
import { costRow, machine } from './report.ts'
import { countingWrong, type Suite } from './suite.ts'

/** For each measurement asked for: 2,000 in a row with the usual 40. */
const IN_A_ROW_EACH = 50
/** What fills caches, pools and compiled code is over after these, and V8 has collected its old objects once, until when its heap only grows. */
const WARM_UPS = 1600

interface Held {
  readonly containers: number
  readonly networks: number
  readonly files: number
  readonly memoryMiB: number
}

/** One submission after another for a long time: what the product holds at the end is what it held near the beginning. */
export const benchEndless: Suite = async ({ n, product, learner, engine, onRound }) => {
  const { submit, wrong } = countingWrong(learner)
  const inARow = n * IN_A_ROW_EACH
  for (let i = 0; i < WARM_UPS; i += 1) await submit(PROGRAM.hello)
  const before = await held(engine, product)
  for (let i = 0; i < inARow; i += 1) {
    await submit(PROGRAM.hello)
    onRound(i / inARow)
  }
  const after = await held(engine, product)
  return {
    suite: 'endless',
    n: inARow,
    machine: machine(),
    rows: [
      costRow('containers, beside before', 'containers', after.containers, before.containers, { atMost: 1.25 }),
      costRow('networks, beside before', 'networks', after.networks, before.networks, { upTo: before.networks }),
      costRow('open files of the server, beside before', 'files', after.files, before.files, { atMost: 1.25 }),
      costRow('memory of the server, beside before', 'MiB', after.memoryMiB, before.memoryMiB, { atMost: 1.25 }),
    ],
    wrongVerdicts: wrong(),
    isolation: await proveIsolation(learner),
  }
}

/** After what goes on in the background has come to rest. */
const held = async (engine: Engine, { pid }: Product): Promise<Held> => {
  await calm()
  const [containers, networks] = await Promise.all([
    engine.docker.listContainers({ all: true, filters: OURS }),
    engine.docker.listNetworks({ filters: OURS }),
  ])
  const own = (all: readonly { readonly Labels?: Readonly<Record<string, string>> | undefined }[]): number =>
    all.filter(({ Labels }) => Labels?.[LABEL.process]?.includes(`/${pid}/`)).length
  return { containers: own(containers), networks: own(networks), files: readdirSync(`/proc/${pid}/fd`).length, memoryMiB: residentMiB(pid) }
}
