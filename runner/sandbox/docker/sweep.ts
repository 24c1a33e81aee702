import { stateOf } from '../owner-process.ts'
import type { Engine } from './engine.ts'
import { LABEL, type Labels, OURS } from './labels.ts'
import { removeAll } from './remove.ts'

export interface SweepOptions {
  readonly instance: string
  readonly olderThan: Date
  /** Sandboxes that this process holds: only their deadline ends them. */
  readonly inUse: ReadonlySet<string>
}

/**
 * Removes what belongs to nobody alive: of this instance what is past its deadline, or was made before `olderThan` and is not in
 * use here; of any other instance what its process, dead on this machine, left, and what is past its deadline unless that process
 * is seen to live.
 */
export const sweep = async (engine: Engine, { instance, olderThan, inUse }: SweepOptions): Promise<number> => {
  const filters = OURS
  const [containers, networks, { Volumes: volumes }, images] = await Promise.all([
    engine.call('list containers', (docker) => docker.listContainers({ all: true, filters })),
    engine.call('list networks', (docker) => docker.listNetworks({ filters })),
    engine.call('list volumes', (docker) => docker.listVolumes({ filters })),
    engine.call('list images', (docker) => docker.listImages({ filters })),
  ])
  const found = [
    ...containers.map(({ Labels, Created }) => ({ labels: Labels, createdAt: Created * 1000 })),
    ...images.map(({ Labels, Created }) => ({ labels: Labels ?? {}, createdAt: Created * 1000 })),
    ...networks.map(({ Labels, Created }) => ({ labels: Labels ?? {}, createdAt: Date.parse(Created) })),
    ...(volumes ?? []).map(({ Labels, ...volume }) => ({
      labels: Labels,
      createdAt: Date.parse((volume as { CreatedAt?: string }).CreatedAt ?? ''),
    })),
  ]
  const due = new Map<string, { readonly instance: string; readonly sandbox: string }>()
  for (const { labels, createdAt } of found) {
    const owned = { instance: labels[LABEL.instance] ?? '', sandbox: labels[LABEL.sandbox] ?? '' }
    if (owned.sandbox === '' || !(owned.instance === instance ? isDue({ labels, createdAt }, olderThan, inUse) : isOrphan(labels))) continue
    due.set(`${owned.instance} ${owned.sandbox}`, owned)
  }
  // One that the engine cannot let go of must not keep the others.
  const failed: unknown[] = []
  for (const owned of due.values()) await removeAll(engine, owned).catch((thrown: unknown) => failed.push(thrown))
  if (failed.length > 0) throw failed[0]
  return due.size
}

const isPast = (labels: Labels): boolean => Number(labels[LABEL.deadline]) * 1000 <= Date.now()

const isDue = ({ labels, createdAt }: { labels: Labels; createdAt: number }, olderThan: Date, inUse: ReadonlySet<string>): boolean =>
  isPast(labels) || (createdAt < olderThan.getTime() && !inUse.has(labels[LABEL.sandbox] ?? ''))

const isOrphan = (labels: Labels): boolean => {
  const owner = stateOf(labels[LABEL.process])
  return owner === 'dead' || (owner === 'unknown' && isPast(labels))
}
