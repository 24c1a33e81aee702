import { scaledValue } from '../arithmetic/int-or-percent.ts'
import type { Complaint } from '../complaint.ts'
import { podOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, type Manifest } from '../read/manifest.ts'
import { isEmptySelector, matchesLabels, selects } from '../selector.ts'
import { choice, countOrPercent, noneNegative } from './complaints.ts'
import { selectorComplaints } from './selectors.ts'

/** Sources of all here: kubernetes/kubernetes, pkg/apis/{apps,core}/validation/validation.go. */

const COUNTS = ['replicas', 'minReadySeconds', 'revisionHistoryLimit']
const UNTIL_GIVEN_UP = 600

/** What keeps Pods of its own: counts, and a selector that selects them. */
export const workloadComplaints = (manifest: Manifest, spec: Fields): Complaint[] => {
  const pod = podOf(manifest)
  return [
    ...noneNegative(spec, ['spec'], COUNTS),
    ...selector(manifest, spec),
    ...(pod?.spec['activeDeadlineSeconds'] === undefined
      ? []
      : [
          {
            rule: 'field.only-with' as const,
            path: [...pod.path, 'spec', 'activeDeadlineSeconds'],
            want: 'key' as const,
            values: { field: 'activeDeadlineSeconds', condition: '`kind: Pod`, `kind: Job`' },
          },
        ]),
  ]
}

const selector = (manifest: Manifest, spec: Fields): Complaint[] => {
  const pod = podOf(manifest)
  const wanted = spec['selector']
  const old = manifest.kind === 'ReplicationController'
  // An old controller takes the labels of its template for its selector; where there are none, nothing is left to select by.
  if (old && pod !== undefined && wanted === undefined && Object.keys(pod.labels).length === 0)
    return [{ rule: 'field.missing', path: ['spec', 'selector'], values: { field: 'selector', parent: 'spec' } }]
  if (pod === undefined || !isFields(wanted)) return []
  if (old ? Object.keys(wanted).length === 0 : isEmptySelector(wanted))
    return old ? [] : [{ rule: 'selector.empty', path: ['spec', 'selector'], want: 'key', values: {} }]
  const wrong = old ? [] : selectorComplaints(wanted, ['spec', 'selector'])
  if (wrong.length > 0 || (old ? matchesLabels(wanted, pod.labels) : selects(wanted, pod.labels))) return wrong
  const show = (labels: Fields): string =>
    Object.entries(labels)
      .map(([key, value]) => `${key}=${String(value)}`)
      .join(', ') || '-'
  return [
    {
      rule: 'selector.mismatch',
      path: ['spec', 'selector'],
      want: 'key',
      values: { selector: show(old ? wanted : fieldsOf(wanted['matchLabels'])), labels: show(pod.labels) },
    },
  ]
}

/** How a Deployment replaces its Pods, and how long it waits for one. */
export const deploymentComplaints = (spec: Fields): Complaint[] => [...strategy(spec), ...patience(spec)]

const strategy = (spec: Fields): Complaint[] => {
  const given = fieldsOf(spec['strategy'])
  const rolling = given['rollingUpdate']
  const path = ['spec', 'strategy']
  const wrong = choice(given, path, 'type', ['Recreate', 'RollingUpdate'])
  if (wrong.length > 0) return wrong
  if (given['type'] === 'Recreate' && isFields(rolling))
    return [{ rule: 'strategy.recreate', path: [...path, 'rollingUpdate'], want: 'key', values: {} }]
  if (!isFields(rolling)) return []
  const at = [...path, 'rollingUpdate']
  const complaints = [...countOrPercent(rolling, at, 'maxSurge'), ...countOrPercent(rolling, at, 'maxUnavailable', true)]
  if (none(rolling['maxSurge']) && none(rolling['maxUnavailable']))
    complaints.push({ rule: 'strategy.both-zero', path: [...at, 'maxUnavailable'], values: {} })
  return complaints
}

const none = (value: unknown): boolean => (typeof value === 'number' || typeof value === 'string') && scaledValue(value, 100, 'up') === 0

const patience = (spec: Fields): Complaint[] => {
  const { minReadySeconds, progressDeadlineSeconds: written } = spec
  const deadline = typeof written === 'number' ? written : UNTIL_GIVEN_UP
  if (typeof minReadySeconds !== 'number' || minReadySeconds < deadline) return []
  return [
    {
      rule: 'strategy.deadline',
      path: ['spec', written === undefined ? 'minReadySeconds' : 'progressDeadlineSeconds'],
      values: { minReadySeconds, deadline },
    },
  ]
}

/** A DaemonSet replaces a Pod either by taking the old one away first or by putting the new one beside it. */
export const daemonComplaints = (spec: Fields): Complaint[] => {
  const rolling = fieldsOf(fieldsOf(spec['updateStrategy'])['rollingUpdate'])
  const at = ['spec', 'updateStrategy', 'rollingUpdate']
  const complaints = [...countOrPercent(rolling, at, 'maxSurge', true), ...countOrPercent(rolling, at, 'maxUnavailable', true)]
  if (complaints.length > 0) return complaints
  const { maxSurge, maxUnavailable } = rolling
  const surges = maxSurge !== undefined && !none(maxSurge)
  if (none(maxUnavailable) && !surges) return [{ rule: 'strategy.both-zero', path: [...at, 'maxUnavailable'], values: {} }]
  // Without a word `maxUnavailable` is 1.
  return surges && !none(maxUnavailable)
    ? [
        {
          rule: 'field.exclusive',
          path: [...at, 'maxSurge'],
          want: 'key',
          values: { field: 'maxSurge', other: `maxUnavailable: ${String(maxUnavailable ?? 1)}` },
        },
      ]
    : []
}

/** Source: pkg/apis/apps/validation/validation.go (ValidateStatefulSetSpec). */
export const statefulComplaints = (spec: Fields): Complaint[] => {
  const update = fieldsOf(spec['updateStrategy'])
  const at = ['spec', 'updateStrategy']
  return update['type'] === 'OnDelete' && isFields(update['rollingUpdate'])
    ? [
        {
          rule: 'field.only-with',
          path: [...at, 'rollingUpdate'],
          want: 'key',
          values: { field: 'rollingUpdate', condition: '`type: RollingUpdate`' },
        },
      ]
    : noneNegative(fieldsOf(update['rollingUpdate']), [...at, 'rollingUpdate'], ['partition'])
}
