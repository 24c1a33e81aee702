import { Fault } from '../../../fault.ts'
import type { Power } from '../../contract.ts'

/** What a Pod cannot be made to do by the API of any cluster, and why. */
export const POD_GAPS = {
  'pids-limit': 'a Pod has no limit of processes, only its node has',
  build: 'a builder needs rights that Pod Security `restricted` refuses',
  isolate: 'a NetworkPolicy is asked about new connections only, and lines are not its unit',
  degrade: 'only who may change a Pod’s network can make it slow, which Pod Security `restricted` refuses',
  pause: 'Kubernetes cannot stop a container where it stands',
  restart: 'a Pod that was ended is not started again; another has another address and none of its files',
  walls: 'Pod Security `restricted` refuses what such walls are made of: root, capabilities, set-user-ID programs',
} as const satisfies Partial<Record<Power, string>>

/** Refuses what a Pod cannot do. A lab that needs it is `incomplete` before it gets here. */
export const impossible = (power: keyof typeof POD_GAPS): Promise<never> =>
  Promise.reject(new Fault('sandbox.impossible', `A service in a Pod cannot do "${power}": ${POD_GAPS[power]}.`))
