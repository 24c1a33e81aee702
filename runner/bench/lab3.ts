import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { ensureImages } from '../images/ensure.ts'
import type { Engine } from '../sandbox/docker/engine.ts'
import { calm } from './calm.ts'
import { proveIsolation } from './isolation.ts'
import { createStartProbeRemove, type Took } from './lab3-baseline.ts'
import type { Product } from './product.ts'
import { costRow, interleaved, machine, median, quantile } from './report.ts'
import { CannotRun, type Suite } from './suite.ts'

const LEAST_LABS = 6
/** Submissions one after the other, for what all of them cost together with what is made and removed for them. */
const IN_A_ROW = 4
const SETTLED_MS = 1000
/** Longest wait before one measurement. */
const CALM_MS = 700
const SETTLE_SECONDS = 60

/** Three services and a prober: submit to verdict, and the whole cost, beside making, starting, probing and removing them. */
export const benchLab3: Suite = async ({ n, product, learner, engine, onRound, signal }) => {
  const labs = Math.max(LEAST_LABS, n)
  const images = await ensureImages(engine, ['nginx', 'node'])
  const files = { 'app.conf': await readFile(new URL('../../labs/practice/three-services/solution/app.conf', import.meta.url), 'utf8') }
  let wrongVerdicts = 0
  const submit = async (): Promise<number> => {
    const { ms, verdict } = await learner.submit('three-services', files)
    if (verdict.outcome !== 'passed') wrongVerdicts += 1
    return ms
  }
  // The first tells what the lab starts; what it needs is then made in advance.
  await submit()
  await submit()
  await settled(engine, product, signal)
  const samples = await interleaved<'ours' | 'baseline', Took>(
    labs,
    {
      ours: async () => {
        await settled(engine, product, signal)
        await calm({ mostMs: CALM_MS })
        return { verdictMs: await submit(), wholeMs: Number.NaN }
      },
      baseline: async () => {
        await settled(engine, product, signal)
        await calm({ mostMs: CALM_MS })
        return createStartProbeRemove(engine, images, files['app.conf'])
      },
    },
    { warmUps: 1, onRound: (round) => onRound((round / labs) * 0.8) },
  )
  const began = performance.now()
  for (let done = 0; done < IN_A_ROW; done += 1) await submit()
  const whole = ((await settled(engine, product, signal)) - began) / IN_A_ROW
  const verdicts = (name: keyof typeof samples) => samples[name].map(({ verdictMs }) => verdictMs)
  return {
    suite: 'lab3',
    n: labs,
    machine: machine(),
    rows: [
      costRow('submit to verdict p50, against create, start, probe', 'ms', median(verdicts('ours')), median(verdicts('baseline')), {
        atLeast: 100,
      }),
      costRow(
        'submit to verdict p95, against create, start, probe',
        'ms',
        quantile(verdicts('ours'), 0.95),
        quantile(verdicts('baseline'), 0.95),
      ),
      costRow(
        `whole cost of one of ${IN_A_ROW} in a row until all is removed and replaced, against create, start, probe, remove`,
        'ms',
        whole,
        median(samples.baseline.map(({ wholeMs }) => wholeMs)),
        { atLeast: 8 },
      ),
    ],
    wrongVerdicts,
    isolation: await proveIsolation(learner),
  }
}

/** Waits until the product makes and removes nothing any more; when it last did, on the clock of `performance`. */
const settled = async (engine: Engine, { pid }: Product, signal: AbortSignal): Promise<number> => {
  let last = ''
  let changed = performance.now()
  for (const began = changed; performance.now() - changed < SETTLED_MS; await delay(50, undefined, { signal })) {
    const all = await engine.docker.listContainers({ all: true, filters: { label: ['hatoba.process'] } })
    const own = all.filter(({ Labels }) => Labels['hatoba.process']?.includes(`/${pid}/`))
    const now = own.map(({ Id, State }) => `${Id} ${State}`).join()
    if (now !== last) {
      last = now
      changed = performance.now()
    }
    if (performance.now() - began > SETTLE_SECONDS * 1000) throw new CannotRun('The product did not come to rest after a lab.')
  }
  return changed
}
