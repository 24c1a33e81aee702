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
