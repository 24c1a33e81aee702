import { podState, servingPods, thinned } from '../../kit/cluster/index.ts'
import type { Evidence, RequestRecord } from '../../kit/index.ts'
import type { Release } from './observe.ts'

export const failed = ({ status, error }: RequestRecord): boolean => status !== 200 || error !== undefined

/** What became of the requests that failed: answered by a Pod that was not ready, broken off in the middle, or taken by nobody. */
export const failures = ({ requests }: Release) => {
  const bad = requests.filter(failed)
  return {
    early: bad.filter(({ status, error }) => status !== undefined && error === undefined),
    cut: bad.filter(({ error }) => error === 'cut'),
    lost: bad.filter(({ error }) => error !== undefined && error !== 'cut'),
  }
}

/** Which Pod answered when, and what became of each Pod. */
export const timeline = ({ requests, marks, before, pods }: Release): Evidence => {
  const later = new Set(pods.flatMap(({ objects }) => objects.map(({ metadata }) => metadata.name)))
  return {
    kind: 'timeline',
    title: 'requests',
    requests: thinned(requests, failed),
    marks,
    lanes: [...new Set([...before, ...later])],
  }
}

/** How many Pods could take requests, from the release on, beside how many were wanted. */
export const readySeries = (release: Release): Evidence => ({
  kind: 'series',
  title: 'serving',
  unit: 'Pods',
  series: [{ name: 'ready', points: readySince(release) }],
  marks: release.marks.filter(({ what }) => what === 'version'),
  limits: [{ name: 'replicas', value: release.wanted }],
})

/** The number of ready Pods at the release and after each change since. */
export const readySince = ({ pods, releasedAt }: Release): readonly (readonly [at: number, ready: number])[] => {
  const all = servingPods(pods)
  const before = all.findLast(([at]) => at < releasedAt)
  const since = all.filter(([at]) => at >= releasedAt)
  return before === undefined ? since : [[releasedAt, before[1]], ...since]
}

/** Whether a Pod of the old release was killed at the end of its grace period, and how long that was. */
export const killed = ({ pods, before }: Release): { readonly graceSeconds: number } | undefined => {
  for (const { objects } of pods)
    for (const pod of objects.map(podState))
      if (before.includes(pod.name) && pod.containers.some(({ state }) => state.terminated?.exitCode === 137)) return pod
  return undefined
}
