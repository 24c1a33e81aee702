import type { ArgsDef } from 'citty'
import { Complaint } from './complaint.ts'

const DRIVERS = ['docker', 'kubernetes', 'local'] as const
export type DriverName = (typeof DRIVERS)[number]

/** What `--driver` takes, for help texts. */
export const DRIVER_HELP = 'docker, kubernetes or local; the best that works on this machine unless given'

/** Where a command that grades does so: its arguments, the same for each of them. */
export const PLACE_ARGS = {
  driver: { type: 'string', description: DRIVER_HELP },
  kubeconfig: {
    type: 'string',
    description: 'cluster for labs on Kubernetes (HATOBA_KUBECONFIG); a kind cluster of ours unless given',
    valueHint: 'file',
  },
} as const satisfies ArgsDef

/** The driver of that name. Throws `Complaint` where there is none. */
export const driverOf = (name: string): DriverName => {
  const found = DRIVERS.find((driver) => driver === name)
  if (found !== undefined) return found
  throw new Complaint(`There is no driver ${name}.`, `There are: ${DRIVERS.join(', ')}.`)
}
