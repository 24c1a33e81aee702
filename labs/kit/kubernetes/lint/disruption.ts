import { scaledValue } from '../arithmetic/int-or-percent.ts'
import { podOf } from '../pod.ts'
import type { Manifest } from '../read/manifest.ts'
import { type Fields, fieldsOf } from '../read/manifest.ts'
import { selects } from '../selector.ts'
import { type LintRule, objectRule, sameNamespace, specOf, type World } from './rule.ts'
import { replicasOf, scalersOf } from './scheduling.ts'

const GUARDED = ['Deployment', 'StatefulSet'] as const

/** The labels of a workload's Pods; those it selects where it has no template. */
const podLabels = (manifest: Manifest): Fields => podOf(manifest)?.labels ?? fieldsOf(fieldsOf(specOf(manifest)['selector'])['matchLabels'])

const guards = (budget: Manifest, workload: Manifest): boolean => {
  const selector = specOf(budget)['selector']
  return selector !== undefined && sameNamespace(budget, workload) && selects(fieldsOf(selector), podLabels(workload))
}

const guardedBy = (budget: Manifest, world: World): Manifest[] => world.ofKind(...GUARDED).filter((workload) => guards(budget, workload))

/** The fewest replicas that a workload may have: its scaler's minimum where it has a scaler. */
const fewestReplicas = (workload: Manifest, world: World): number => {
  const [scaler] = scalersOf(workload, world)
  if (scaler === undefined) return replicasOf(specOf(workload))
  const { minReplicas, minReplicaCount } = specOf(scaler)
  return typeof minReplicas === 'number'
    ? minReplicas
    : typeof minReplicaCount === 'number'
      ? minReplicaCount
      : scaler.kind === 'ScaledObject'
        ? 0
        : 1
}

const isAmount = (value: unknown): value is number | string => typeof value === 'number' || typeof value === 'string'

/** Evictions, and who scales. */
export const DISRUPTION_RULES: readonly LintRule[] = [
  objectRule(
    {
      id: 'lint.no-budget',
      sources: [
        'polaris missingPodDisruptionBudget',
        'kube-score Deployment has PodDisruptionBudget',
        'kube-score StatefulSet has PodDisruptionBudget',
      ],
      kinds: GUARDED,
      optional: true,
    },
    function* (workload, world) {
      if (!world.ofKind('PodDisruptionBudget').some((budget) => guards(budget, workload)))
        yield { path: ['metadata', 'name'], values: { kind: workload.kind, name: workload.name } }
    },
  ),
  objectRule(
    { id: 'lint.budget-without-policy', sources: ['kube-score PodDisruptionBudget has policy'], kinds: ['PodDisruptionBudget'] },
    function* (budget) {
      const { minAvailable, maxUnavailable } = specOf(budget)
      if (minAvailable === undefined && maxUnavailable === undefined) yield { path: ['spec'], want: 'key', values: {} }
    },
  ),
  objectRule(
    {
      id: 'lint.budget-blocks',
      sources: ['polaris pdbDisruptionsIsZero', 'kube-linter pdb-max-unavailable', 'kube-linter pdb-min-available'],
      kinds: ['PodDisruptionBudget'],
    },
    function* (budget, world) {
      const { minAvailable, maxUnavailable } = specOf(budget)
      // Percentages round up, so that 1 % of anything is one Pod, and 100 % is all of them.
      if (isAmount(maxUnavailable) && scaledValue(maxUnavailable, 100, 'up') === 0)
        yield { path: ['spec', 'maxUnavailable'], values: { field: 'maxUnavailable', value: String(maxUnavailable) } }
      if (!isAmount(minAvailable)) return
      const stuck = guardedBy(budget, world).some((workload) => {
        const replicas = fewestReplicas(workload, world)
        return replicas > 0 && scaledValue(minAvailable, replicas, 'up') >= replicas
      })
      if (minAvailable === '100%' || stuck)
        yield { path: ['spec', 'minAvailable'], values: { field: 'minAvailable', value: String(minAvailable) } }
    },
  ),
  objectRule(
    { id: 'lint.budget-over-scaler', sources: ['polaris pdbMinAvailableGreaterThanHPAMinReplicas'], kinds: ['PodDisruptionBudget'] },
    function* (budget, world) {
      const { minAvailable } = specOf(budget)
      if (!isAmount(minAvailable)) return
      for (const workload of guardedBy(budget, world)) {
        const [scaler] = scalersOf(workload, world)
        const minReplicas = scaler === undefined ? undefined : specOf(scaler)['minReplicas']
        if (typeof minReplicas !== 'number') continue
        // A percentage is of the replicas wanted at that moment: those that every apply writes, where there are such.
        const { replicas } = specOf(workload)
        const needed = scaledValue(minAvailable, typeof replicas === 'number' ? replicas : minReplicas, 'up')
        if (needed > minReplicas)
          yield { path: ['spec', 'minAvailable'], values: { minAvailable: String(minAvailable), minReplicas, needed } }
      }
    },
  ),
  objectRule(
    {
      id: 'lint.budget-unhealthy',
      sources: ['kube-linter pdb-unhealthy-pod-eviction-policy'],
      kinds: ['PodDisruptionBudget'],
      optional: true,
    },
    function* (budget) {
      if (specOf(budget)['unhealthyPodEvictionPolicy'] === undefined) yield { path: ['spec', 'unhealthyPodEvictionPolicy'], values: {} }
    },
  ),
  objectRule(
    {
      id: 'lint.scaler-dangling',
      sources: ['kube-score HorizontalPodAutoscaler has target', 'kube-linter dangling-horizontalpodautoscaler'],
      kinds: ['HorizontalPodAutoscaler'],
    },
    function* (scaler, world) {
      const target = fieldsOf(specOf(scaler)['scaleTargetRef'])
      const found = world.manifests.some(
        (each) => each.kind === target['kind'] && each.name === target['name'] && sameNamespace(each, scaler),
      )
      if (!found)
        yield {
          path: ['spec', 'scaleTargetRef', 'name'],
          values: { kind: String(target['kind'] ?? '?'), name: String(target['name'] ?? '?') },
        }
    },
  ),
  objectRule(
    {
      id: 'lint.scaled-replicas',
      sources: ['kube-score Deployment targeted by HPA does not have replicas configured'],
      kinds: ['Deployment', 'StatefulSet'],
    },
    function* (workload, world) {
      const scaled = scalersOf(workload, world).some(({ kind }) => kind === 'HorizontalPodAutoscaler')
      if (scaled && specOf(workload)['replicas'] !== undefined)
        yield { path: ['spec', 'replicas'], want: 'key', values: { replicas: replicasOf(specOf(workload)) } }
    },
  ),
  objectRule(
    {
      id: 'lint.scaler-minimum',
      sources: ['polaris hpaMinAvailability', 'kube-score HorizontalPodAutoscaler Replicas'],
      kinds: ['HorizontalPodAutoscaler'],
    },
    function* (scaler) {
      const { minReplicas } = specOf(scaler)
      if (typeof minReplicas === 'number' && minReplicas < 2) yield { path: ['spec', 'minReplicas'], values: { minReplicas } }
    },
  ),
  objectRule(
    { id: 'lint.scaler-few', sources: ['kube-linter hpa-minimum-three-replicas'], kinds: ['HorizontalPodAutoscaler'], optional: true },
    function* (scaler, { options }) {
      const { minReplicas = 1 } = specOf(scaler)
      if (typeof minReplicas === 'number' && minReplicas < options.minimumReplicas)
        yield { path: ['spec', 'minReplicas'], values: { minReplicas, least: options.minimumReplicas } }
    },
  ),
  objectRule(
    { id: 'lint.scaler-many', sources: ['kube-linter hpa-maximum-replicas'], kinds: ['HorizontalPodAutoscaler'], optional: true },
    function* (scaler, { options }) {
      const { maxReplicas } = specOf(scaler)
      if (typeof maxReplicas === 'number' && maxReplicas > options.maximumReplicas)
        yield { path: ['spec', 'maxReplicas'], values: { maxReplicas, most: options.maximumReplicas } }
    },
  ),
  objectRule({ id: 'lint.scaler-fixed', sources: ['polaris hpaMaxAvailability'], kinds: ['HorizontalPodAutoscaler'] }, function* (scaler) {
    const { minReplicas, maxReplicas } = specOf(scaler)
    if (typeof minReplicas === 'number' && typeof maxReplicas === 'number' && maxReplicas <= minReplicas)
      yield { path: ['spec', 'maxReplicas'], values: { minReplicas, maxReplicas } }
  }),
]
