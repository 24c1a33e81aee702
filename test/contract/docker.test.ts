import { describe, expect, it } from 'vitest'
import { ensureImages } from '../../runner/images/ensure.ts'
import { dockerDriver } from '../../runner/sandbox/docker/driver.ts'
import { DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { describeDriver } from './driver.ts'
import { engine, whyNot } from './engine.ts'
import { leftIn } from './left.ts'

const instance = `contract-${process.pid}`
const because = await whyNot('the docker driver')

describeDriver(
  'docker',
  async () => {
    await ensureImages(engine, ['node'])
    return { driver: dockerDriver({ host: DEFAULT_HOST, instance }), left: () => leftIn(engine.docker, instance) }
  },
  { because },
)

describe.skipIf(because !== undefined)('a file that was read from a folder', () => {
  it('leaves no connection to the engine that keeps its process alive', async () => {
    const connections = () => process.getActiveResourcesInfo().filter((what) => what === 'PipeWrap').length
    const before = connections()
    const driver = dockerDriver({ host: DEFAULT_HOST, instance })
    {
      await using sandbox = await driver.open({ image: 'node', network: 'none', submission: 'any', deadlineSeconds: 60 })
      await sandbox.write({ 'a/b/c.txt': 'found' })
      expect(Buffer.from((await sandbox.read('a/b/c.txt')) ?? []).toString()).toBe('found')
    }
    await expect.poll(connections, { timeout: 20_000 }).toBeLessThanOrEqual(before)
  })
})
