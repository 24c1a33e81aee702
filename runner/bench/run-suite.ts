import { ensureImages } from '../images/ensure.ts'
import { connectEngine } from '../sandbox/docker/engine.ts'
import { benchClass } from './client.ts'
import { startProduct } from './product.ts'
import type { BenchReport } from './report.ts'
import type { BenchOptions } from './suite.ts'
import { SUITES } from './suites.ts'

/** A class, each at an address of their own, so that nobody sends more than one learner may. */
const LEARNERS = 128

/** Measures one suite on a product that is started for it and stopped afterwards. Throws `CannotRun` when it has no figures here. */
export const runSuite = async (
  name: keyof typeof SUITES,
  options: Pick<BenchOptions, 'n' | 'host' | 'path' | 'onRound' | 'signal'>,
): Promise<BenchReport> => {
  const suite = await SUITES[name]()
  const engine = connectEngine({ host: options.host })
  const { python } = await ensureImages(engine, ['python'])
  await using product = await startProduct({ signal: options.signal })
  return await suite({ ...options, product, learner: benchClass(product.url, LEARNERS), engine, image: python })
}
