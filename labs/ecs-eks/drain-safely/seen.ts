import { podState, servingPods, thinned } from '../../kit/cluster/index.ts'
import type { Evidence, RequestRecord } from '../../kit/index.ts'
import type { Drain } from './observe.ts'

export const failed = ({ status, error }: RequestRecord): boolean => status !== 200 || error !== undefined

/** The number of Pods that could take requests when the node was closed and after each change since. */
export const servingSince = ({ pods, cordonedAt }: Drain): readonly (readonly [at: number, serving: number])[] => {
  const all = servingPods(pods)
  const before = all.findLast(([at]) => at < cordonedAt)
  const since = all.filter(([at]) => at >= cordonedAt)
  return before === undefined ? since : [[cordonedAt, before[1]], ...since]
}

/** How many Pods could take requests, beside how many may not be missing. */
export const servingSeries = (drain: Drain): Evidence => ({
  kind: 'series',
  title: 'serving',
  unit: 'Pods',
  series: [{ name: 'ready', points: servingSince(drain) }],
  marks: drain.marks.filter(({ what }) => what === 'withdrawn'),
  limits: [{ name: 'replicas', value: drain.wanted }],
})

/** Which Pod answered when, and what became of each. */
export const timeline = ({ requests, marks, pods }: Drain): Evidence => ({
  kind: 'timeline',
  title: 'requests',
  requests: thinned(requests, failed),
  marks,
  lanes: [...new Set(pods.flatMap(({ objects }) => objects.map((object) => podState(object).name)))],
})

/** As `kubectl get poddisruptionbudgets` shows them. */
export const budgetTable = ({ budgets }: Drain): Evidence => ({
  kind: 'table',
  title: 'budgets',
  columns: ['NAME', 'EXPECTED PODS', 'CURRENT HEALTHY', 'DESIRED HEALTHY', 'ALLOWED DISRUPTIONS'],
  rows: budgets.map(({ name, expected, healthy, desired, allowed }) => [name, expected, healthy, desired, allowed]),
  differing: budgets.flatMap(({ expected, allowed }, row) => [
    ...(expected === 0 ? [[row, 1] as const] : []),
    ...(expected > 0 && allowed === 0 ? [[row, 4] as const] : []),
  ]),
})

/** What the API server answered to each eviction, each answer once. */
export const evictionTable = ({ evictions }: Drain): Evidence => {
  const said = new Map<string, number>()
  for (const { pod, accepted, message } of evictions) {
    const key = JSON.stringify([pod, accepted ? 201 : 429, message ?? ''])
    said.set(key, (said.get(key) ?? 0) + 1)
  }
  return {
    kind: 'table',
    title: 'evictions',
    columns: ['POD', 'HTTP', 'MESSAGE', 'COUNT'],
    rows: [...said].slice(-20).map(([key, count]) => [...(JSON.parse(key) as [string, number, string]), count]),
  }
}
