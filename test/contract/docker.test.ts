import Docker from 'dockerode'
import { describe, it } from 'vitest'
import { ensureImages } from '../../runner/images/ensure.ts'
import { dockerDriver } from '../../runner/sandbox/docker/driver.ts'
import { connectEngine, DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { describeDriver } from './driver.ts'
import { leftIn } from './left.ts'

const instance = `contract-${process.pid}`
const probed = await dockerDriver({ host: DEFAULT_HOST, instance }).probe()

if (!probed.ready) {
  console.log(`skipped: the docker driver, because ${probed.because}`)
  describe.skip('the docker driver', () => it(`needs an engine: ${probed.because}`))
} else {
  await ensureImages(connectEngine({ host: DEFAULT_HOST }), ['node'])
  const docker = new Docker({ socketPath: DEFAULT_HOST.slice('unix://'.length) })
  describeDriver('docker', () => ({ driver: dockerDriver({ host: DEFAULT_HOST, instance }), left: () => leftIn(docker, instance) }))
}
