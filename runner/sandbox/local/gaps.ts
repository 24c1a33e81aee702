import type { Power } from '../contract.ts'

/** What processes in bubblewrap cannot be made to do, and why. */
export const WALLED_GAPS: Partial<Record<Power, string>> = {
  'memory-limit': 'processes have no memory limit without control groups',
  'pids-limit': 'the limit holds, but running into it is not reported',
  'disk-limit': 'the working directory has no size of its own',
  build: 'there is no builder without an engine',
  isolate: 'services of a sandbox share one network',
  degrade: 'services of a sandbox share one network',
  pause: 'processes have no freezer without control groups',
  restart: 'there is no container to start again',
  clock: 'the machine need not have a library for it',
  fill: 'there are no limits to fill',
  inside: 'there is no container to enter',
  walls: 'processes of the machine have the walls of the sandbox and none of their own',
  'own-ports': 'services of a sandbox share one network',
}

/** What plain processes cannot be made to do, and why. */
export const PLAIN_GAPS: Partial<Record<Power, string>> = {
  ...WALLED_GAPS,
  network: 'plain processes use the network and the names of the machine',
  signal: 'a plain process is not PID 1',
  'private-files': 'plain processes see the files of the machine',
}
