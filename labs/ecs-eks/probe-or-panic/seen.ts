import { podState, thinned } from '../../kit/cluster/index.ts'
import type { Evidence } from '../../kit/index.ts'
import type { Morning } from './observe.ts'

/** Which Pod answered when, with what was done to them. */
export const timeline = ({ requests, marks }: Morning): Evidence => ({
  kind: 'timeline',
  title: 'requests',
  requests: thinned(requests, ({ status }) => status !== 200),
  marks,
})

/** Restarts of each Pod, after each change. */
export const restartSeries = ({ pods, marks }: Morning): Evidence => {
  const names = [...new Set(pods.flatMap(({ objects }) => objects.map(({ metadata }) => metadata.name)))]
  const pointsOf = (name: string) =>
    pods
      .flatMap(({ at, objects }) =>
        objects
          .map(podState)
          .filter((pod) => pod.name === name)
          .map(({ restarts }) => [at, restarts] as const),
      )
      .filter(([, restarts], index, all) => index === 0 || index === all.length - 1 || restarts !== all[index - 1]?.[1])
  return { kind: 'series', title: 'restarts', unit: 'restarts', series: names.map((name) => ({ name, points: pointsOf(name) })), marks }
}

/** How often any container was restarted between two moments. */
export const restartsBetween = ({ pods }: Morning, from: number, to: number): number => {
  const at = (moment: number): number =>
    (pods.findLast((seen) => seen.at <= moment)?.objects ?? []).map(podState).reduce((sum, { restarts }) => sum + restarts, 0)
  return at(to) - at(from)
}

/** When the hung Pod ceased to be ready while its hung container still ran; undefined when it was ready to its end. */
export const setAsideAt = ({ pods, hung, hungAt }: Morning): number | undefined => {
  const restartsAt = (moment: number) =>
    pods
      .findLast(({ at }) => at <= moment)
      ?.objects.map(podState)
      .find(({ name }) => name === hung)?.restarts
  const before = restartsAt(hungAt) ?? 0
  for (const { at, objects } of pods) {
    if (at < hungAt) continue
    const pod = objects.map(podState).find(({ name }) => name === hung)
    if (pod === undefined || pod.restarts > before || pod.containers.some(({ state }) => state.terminated !== undefined)) return undefined
    if (!pod.ready) return at
  }
  return undefined
}
