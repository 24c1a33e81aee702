import type { Engine } from './engine.ts'
import { toFilter } from './labels.ts'
import { removeContainer } from './started.ts'

/** Removes everything one sandbox owns: containers first, because networks and volumes are in use until they are gone. */
export const removeAll = async (engine: Engine, owned: { readonly instance: string; readonly sandbox: string }): Promise<void> => {
  const filters = toFilter(owned)
  const containers = await engine.call('list containers', (docker) => docker.listContainers({ all: true, filters }))
  // One after the other: two that leave a network at the same moment can take each other's lock in Docker 20.10, as Debian 12 has it, and
  // the engine answers nobody any more (https://github.com/moby/libnetwork/issues/2649, mended in 20.10.27 and 23).
  for (const { Id } of containers) await removeContainer(engine, Id)
  const [networks, { Volumes: volumes }, images] = await Promise.all([
    engine.call('list networks', (docker) => docker.listNetworks({ filters })),
    engine.call('list volumes', (docker) => docker.listVolumes({ filters })),
    engine.call('list images', (docker) => docker.listImages({ filters })),
  ])
  await Promise.all([
    ...networks.map(({ Id }) => engine.unless([404], 'remove a network', (docker) => docker.getNetwork(Id).remove())),
    ...(volumes ?? []).map(({ Name }) => engine.unless([404], 'remove a volume', (docker) => docker.getVolume(Name).remove())),
    ...images.map(({ Id }) => engine.unless([404, 409], 'remove an image', (docker) => docker.getImage(Id).remove({ force: true }))),
  ])
}
