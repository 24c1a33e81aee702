import { randomInt } from 'node:crypto'
import type { NetworkCreateOptions, VolumeCreateOptions } from 'dockerode'
import { toSized, toTmpfs } from './container.ts'
import type { Engine } from './engine.ts'
import { toFault } from './fault.ts'
import { type Owner, toLabels } from './labels.ts'

/** A name the engine takes for a thing of this sandbox. */
export const nameOf = (sandbox: string, part?: string): string => ['hatoba', sandbox, ...(part === undefined ? [] : [part])].join('-')

/**
 * The request for a bridge without a way out: no route, no address for the host on it, so that even the machine's own
 * services cannot be reached. Subnets are ours to choose, because the engine's own pool ends at about thirty networks.
 */
export const toNetwork = (owner: Owner, subnet: string): NetworkCreateOptions => ({
  Name: nameOf(owner.sandbox),
  Driver: 'bridge',
  Internal: true,
  CheckDuplicate: true,
  EnableIPv6: false,
  IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
  Options: { 'com.docker.network.bridge.inhibit_ipv4': 'true' },
  Labels: { ...toLabels(owner, 'network') },
})

/** The request for the sandbox's working directory: memory-backed, so that its size and number of files are hard bounds. */
export const toVolume = (owner: Owner, diskMiB: number): VolumeCreateOptions => ({
  Name: nameOf(owner.sandbox),
  Driver: 'local',
  DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: toTmpfs(diskMiB).replace(/^rw,exec,/, '') },
  Labels: { ...toLabels(owner, 'files') },
})

/** The request for a volume of memory that begins as root's; programs in it may be run where the mount does not forbid it. */
export const toFilledVolume = (owner: Owner, part: string, diskMiB: number): VolumeCreateOptions => ({
  Name: nameOf(owner.sandbox, part),
  Driver: 'local',
  DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: `${toSized(diskMiB)},mode=0755,uid=0,gid=0` },
  Labels: { ...toLabels(owner, 'files') },
})

/** 10.213.0.0/16 cut into 2048 networks of 29 containers. */
const SUBNETS = 2048
const toSubnet = (index: number): string => `10.213.${index >> 3}.${(index & 7) << 5}/27`

/** Creates the sandbox's network. Another runner may hold the subnet drawn, which the engine tells; then the next is asked for. */
export const createNetwork = async (engine: Engine, owner: Owner): Promise<string> => {
  const first = randomInt(SUBNETS)
  for (let step = 0; step < 64; step += 1) {
    const request = toNetwork(owner, toSubnet((first + step) % SUBNETS))
    const created = await engine.call('create a network', (docker) =>
      docker.createNetwork(request).then(
        () => true,
        (thrown: { json?: { message?: string } }) => {
          if (/overlaps/i.test(thrown.json?.message ?? '')) return false
          throw thrown
        },
      ),
    )
    if (created) return request.Name
  }
  throw toFault('create a network', new Error('64 subnets in a row are taken'))
}
