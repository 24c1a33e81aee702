import type { Abortable, TrafficPlan } from '../../../runner/sandbox/contract.ts'
import type { Cluster } from '../../../runner/sandbox/contract-cluster.ts'
import { type Answer, fail } from '../finding.ts'
import { betweenLooks } from '../wait.ts'
import { eventTable, podTable } from './evidence.ts'
import { podState } from './objects.ts'
import type { Watch } from './watch.ts'

/** Fresh connections in a row that must be answered. */
const ANSWERS = 24
const CLIENTS = 4
const CALM_SECONDS = 60

/** The last round in which somebody went without an answer: how many of how many, and the status of the first, 0 for none. */
export interface Uncalm extends Readonly<Record<string, number>> {
  readonly failed: number
  readonly total: number
  readonly status: number
  /** How long it was tried. */
  readonly seconds: number
}

/**
 * Waits until everybody is answered: what goes wrong at the very first start is not what most labs are about. Undefined when it came to
 * that within a minute. Of the plan, where and what is asked, and with how much patience.
 */
export const untilCalm = async (cluster: Cluster, plan: TrafficPlan, { signal }: Required<Abortable>): Promise<Uncalm | undefined> => {
  const until = Date.now() + CALM_SECONDS * 1000
  for (;;) {
    await using round = await cluster.traffic({ ...plan, arrivals: { kind: 'closed', clients: CLIENTS }, requests: ANSWERS }, { signal })
    await round.reached({ answered: ANSWERS }, { signal })
    const { requests } = await round.end({ signal })
    const failed = requests.filter(({ status }) => status !== 200)
    if (failed.length === 0) return undefined
    if (Date.now() > until) return { failed: failed.length, total: requests.length, status: failed[0]?.status ?? 0, seconds: CALM_SECONDS }
    await betweenLooks({ signal })
  }
}

/** Pods that do not serve, as a failure with what there is of them: how many, how many are ready, their table and the events. */
export const notServing = async (
  cluster: Cluster,
  { pods, startedAt }: { readonly pods: Watch; readonly startedAt: number },
  as: string,
  values: Readonly<Record<string, number>>,
  { signal }: Required<Abortable>,
): Promise<Answer> => {
  const objects = pods.seen.at(-1)?.objects ?? []
  const ready = objects.map(podState).filter((pod) => pod.ready).length
  const evidence = [podTable(objects), eventTable(await cluster.events({ signal }), startedAt)]
  return fail(as, { ...values, ready, pods: objects.length }, { evidence })
}
