import Docker from 'dockerode'
import { describe, it } from 'vitest'
import { ensureImages } from '../../runner/images/ensure.ts'
import { dockerDriver } from '../../runner/sandbox/docker/driver.ts'
import { connectEngine, DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { describeDriver } from './driver.ts'

const instance = `contract-${process.pid}`
const probed = await dockerDriver({ host: DEFAULT_HOST, instance }).probe()

if (!probed.ready) {
  console.log(`skipped: the docker driver, because ${probed.because}`)
  describe.skip('the docker driver', () => it(`needs an engine: ${probed.because}`))
} else {
  await ensureImages(connectEngine({ host: DEFAULT_HOST }), ['node'])
  const docker = new Docker({ socketPath: DEFAULT_HOST.slice('unix://'.length) })
  describeDriver('docker', () => ({ driver: dockerDriver({ host: DEFAULT_HOST, instance }), left: () => left(docker) }))
}

/** Asked of the engine directly, so that the driver's own listing cannot hide what it leaves. */
const left = async (docker: Docker): Promise<readonly string[]> => {
  const filters = { label: [`hatoba=${instance}`] }
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ])
  return [
    ...containers.flatMap(({ Names }) => Names),
    ...networks.map(({ Name }) => Name),
    ...(volumes.Volumes ?? []).map(({ Name }) => Name),
  ]
}
