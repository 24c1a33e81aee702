import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { positive } from './amounts.ts'
import { between, choice, countOrPercent, exactlyOne, least, needed } from './complaints.ts'
import { selectorComplaints } from './selectors.ts'

const A_HALF_HOUR = 1800
const AN_HOUR = 3600

/** Source: kubernetes/kubernetes, pkg/apis/autoscaling/validation/validation.go (validateHorizontalPodAutoscalerSpec). */
export const autoscalerComplaints = (spec: Fields): Complaint[] => {
  const { minReplicas, maxReplicas } = spec
  const at = ['spec']
  const few = [...least(spec, at, 'maxReplicas', 1), ...least(spec, at, 'minReplicas', 1)]
  if (few.length === 0 && typeof minReplicas === 'number' && typeof maxReplicas === 'number' && minReplicas > maxReplicas)
    few.push({ rule: 'hpa.bounds', path: [...at, 'maxReplicas'], values: { minReplicas, maxReplicas } })
  return [
    ...few,
    ...reference(spec['scaleTargetRef'], [...at, 'scaleTargetRef']),
    ...listOf(spec['metrics']).flatMap((metric, index) => (isFields(metric) ? metricOf(metric, [...at, 'metrics', index]) : [])),
    ...(['scaleUp', 'scaleDown'] as const).flatMap((way) => behaviour(fieldsOf(fieldsOf(spec['behavior'])[way]), [...at, 'behavior', way])),
  ]
}

const reference = (target: unknown, at: Path): Complaint[] =>
  isFields(target) ? ['kind', 'name'].flatMap((field) => (target[field] === '' ? needed(target, at, field, 'scaleTargetRef') : [])) : []

const SOURCES = ['Resource', 'Pods', 'Object', 'External', 'ContainerResource']
const fieldOf = (type: string): string => type.charAt(0).toLowerCase() + type.slice(1)

/** A metric names its source twice: in `type`, and by the one field that describes it. */
const metricOf = (metric: Fields, at: Path): Complaint[] => {
  const type = textOf(metric['type'])
  const wrong = choice(metric, at, 'type', SOURCES)
  if (wrong.length > 0 || type === '') return wrong
  const field = fieldOf(type)
  if (!isFields(metric[field])) return [{ rule: 'field.missing', path: [...at, field], values: { field, parent: `type: ${type}` } }]
  const others = SOURCES.map(fieldOf).filter((other) => other !== field && metric[other] !== undefined)
  if (others[0] !== undefined)
    return [{ rule: 'field.exclusive', path: [...at, others[0]], want: 'key', values: { field: others[0], other: `type: ${type}` } }]
  return goal(type, metric[field], [...at, field, 'target'])
}

/** What each source can be held to; an object may be held to both. */
const GOALS: Readonly<Record<string, readonly string[]>> = {
  Resource: ['averageUtilization', 'averageValue'],
  ContainerResource: ['averageUtilization', 'averageValue'],
  External: ['value', 'averageValue'],
  Object: ['value', 'averageValue'],
  Pods: ['averageValue'],
}

const goal = (type: string, source: Fields, at: Path): Complaint[] => {
  const target = source['target']
  if (!isFields(target)) return []
  const goals = GOALS[type] ?? []
  if (type !== 'Object' || goals.every((field) => target[field] === undefined)) {
    const one = exactlyOne(target, at, goals, 'target')
    if (one.length > 0) return one
  }
  return [
    ...least(target, at, 'averageUtilization', 1),
    ...['averageValue', 'value'].flatMap((field) => positive(field, target[field], [...at, field])),
  ]
}

const behaviour = (rules: Fields, at: Path): Complaint[] => [
  ...between(rules, at, 'stabilizationWindowSeconds', [0, AN_HOUR]),
  ...choice(rules, at, 'selectPolicy', ['Max', 'Min', 'Disabled']),
  ...listOf(rules['policies']).flatMap((policy, index) => {
    const place = [...at, 'policies', index]
    const fields = fieldsOf(policy)
    return [
      ...choice(fields, place, 'type', ['Pods', 'Percent']),
      ...least(fields, place, 'value', 1),
      ...between(fields, place, 'periodSeconds', [1, A_HALF_HOUR]),
    ]
  }),
]

/** Source: kubernetes/kubernetes, pkg/apis/policy/validation/validation.go (ValidatePodDisruptionBudgetSpec). */
export const budgetComplaints = (spec: Fields): Complaint[] => {
  const at = ['spec']
  if (spec['minAvailable'] !== undefined && spec['maxUnavailable'] !== undefined)
    return [{ rule: 'pdb.both', path: [...at, 'maxUnavailable'], want: 'key', values: {} }]
  return [
    ...countOrPercent(spec, at, 'minAvailable', true),
    ...countOrPercent(spec, at, 'maxUnavailable', true),
    ...selectorComplaints(spec['selector'], [...at, 'selector']),
  ]
}
