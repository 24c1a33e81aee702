import type { Api } from './api.ts'
import { listObjects } from './follow.ts'
import { HOME, LABEL } from './labels.ts'
import { CORDONED_BY, uncordon } from './nodes.ts'
import { finishRemoval, removeNamespace } from './remove.ts'

export interface SweepOptions {
  readonly instance: string
  readonly olderThan: Date
  /** Namespaces that somebody in this process holds. */
  readonly inUse: ReadonlySet<string>
}

/** How long the sweep stays with one namespace that does not end. */
const FINISH_SECONDS = 40

/**
 * Removes namespaces of this instance that nobody holds and of every instance that are past their deadline, accounts and probers whose
 * namespace is gone, and cordons whose owner is gone; frees what finalizers hold. The number of namespaces removed.
 */
export const sweepCluster = async (api: Api, { instance, olderThan, inUse }: SweepOptions): Promise<number> => {
  const { objects } = await listObjects(api, '/api/v1/namespaces')
  const ours = objects.filter(
    ({ metadata }) => metadata.labels?.[LABEL.instance] !== undefined && metadata.labels[LABEL.sandbox] !== undefined,
  )
  const dead = ours.filter(({ metadata }) => {
    const { name, labels = {}, creationTimestamp, deletionTimestamp } = metadata
    if (Number(labels[LABEL.deadline]) * 1000 < Date.now()) return true
    if (labels[LABEL.instance] !== instance || inUse.has(name)) return false
    return deletionTimestamp !== undefined || Date.parse(creationTimestamp) < olderThan.getTime()
  })
  const removed = await Promise.all(
    dead.map(async ({ metadata: { name } }) => {
      await removeNamespace(api, name)
      return finishRemoval(api, name, FINISH_SECONDS)
    }),
  )
  const living = new Set(ours.map(({ metadata }) => metadata.name).filter((name) => !dead.some(({ metadata }) => metadata.name === name)))
  await removeOrphans(api, living, instance, inUse)
  return removed.filter(Boolean).length
}

const removeOrphans = async (api: Api, living: ReadonlySet<string>, instance: string, inUse: ReadonlySet<string>): Promise<void> => {
  const { objects: accounts } = await listObjects(api, `/api/v1/namespaces/${HOME}/serviceaccounts`, {
    labels: { [LABEL.instance]: instance },
  })
  // An account that is younger than its namespace's listing may be one that is being made right now: its maker holds it.
  const orphans = accounts.filter(({ metadata }) => !living.has(metadata.name) && !inUse.has(metadata.name))
  await Promise.all(orphans.map(({ metadata }) => removeNamespace(api, metadata.name)))
  const { objects: nodes } = await listObjects(api, '/api/v1/nodes')
  for (const { metadata } of nodes) {
    const owner = (metadata as { annotations?: Readonly<Record<string, string>> }).annotations?.[CORDONED_BY]
    if (owner !== undefined && !living.has(owner)) await uncordon(api, metadata.name, owner)
  }
}
