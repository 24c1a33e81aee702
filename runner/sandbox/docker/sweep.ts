import type { Engine } from './engine.ts'
import { LABEL, type Labels, toFilter } from './labels.ts'
import { removeAll } from './remove.ts'

export interface SweepOptions {
  readonly instance: string
  readonly olderThan: Date
  /** Sandboxes that this process holds: only their deadline ends them. */
  readonly inUse: ReadonlySet<string>
}

/** Removes this instance's sandboxes that are past their deadline, or were made before `olderThan` and belong to nobody alive. */
export const sweep = async (engine: Engine, { instance, olderThan, inUse }: SweepOptions): Promise<number> => {
  const filters = toFilter({ instance })
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
  const due = new Set(found.filter((thing) => isDue(thing, olderThan, inUse)).map(({ labels }) => labels[LABEL.sandbox] ?? ''))
  due.delete('')
  for (const sandbox of due) await removeAll(engine, { instance, sandbox })
  return due.size
}

const isDue = ({ labels, createdAt }: { labels: Labels; createdAt: number }, olderThan: Date, inUse: ReadonlySet<string>): boolean => {
  if (Number(labels[LABEL.deadline]) * 1000 <= Date.now()) return true
  return createdAt < olderThan.getTime() && !inUse.has(labels[LABEL.sandbox] ?? '')
}
