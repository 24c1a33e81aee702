import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { installAgent } from '../../runner/images/agent/install.ts'
import { ensureImages } from '../../runner/images/ensure.ts'
import { connectEngine, DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { pooledDocker } from '../../runner/sandbox/docker/pooled.ts'
import { describeDriver } from './driver.ts'
import { leftIn } from './left.ts'

const instance = `pooled-${process.pid}`
const driver = pooledDocker({ host: DEFAULT_HOST, instance, mostSlots: 4 })
const probed = await driver.probe()

if (!probed.ready) {
  console.log(`skipped: the pooled docker driver, because ${probed.because}`)
  describe.skip('the pooled docker driver', () => it(`needs an engine: ${probed.because}`))
} else {
  const engine = connectEngine({ host: DEFAULT_HOST })
  await installAgent(engine, (await ensureImages(engine, ['node'])).node, { data: join(tmpdir(), 'hatoba-test-agent') })
  // What waits in the pool, or for its removal, is nobody's sandbox; at the end nothing at all may be there.
  describeDriver('pooled docker', () => ({ driver, left: () => leftIn(engine.docker, instance, { submission: 'pool' }) }))
  afterAll(async () => {
    await driver[Symbol.asyncDispose]()
    expect(await leftIn(engine.docker, instance)).toEqual([])
  })
}
