import { scaledValue } from '../arithmetic/int-or-percent.ts'
import type { Complaint } from '../complaint.ts'
import { isPortName } from '../names.ts'
import { podOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, listOf, type Manifest, textOf } from '../read/manifest.ts'
import { isEmptySelector, selects } from '../selector.ts'
import { portNumber } from './container.ts'

/** What an API server refuses about objects of one kind beyond their schema. Sources: the field descriptions of each kind's spec. */
export const kindComplaints = (manifest: Manifest): Complaint[] => {
  const spec = fieldsOf(manifest.value['spec'])
  switch (manifest.kind) {
    case 'Deployment':
      return [...selector(manifest, spec), ...strategy(spec)]
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
      return selector(manifest, spec)
    case 'Service':
      return service(spec)
    case 'HorizontalPodAutoscaler':
      return autoscaler(spec)
    case 'PodDisruptionBudget':
      return spec['minAvailable'] !== undefined && spec['maxUnavailable'] !== undefined
        ? [{ rule: 'pdb.both', path: ['spec', 'maxUnavailable'], want: 'key', values: {} }]
        : []
    default:
      return []
  }
}

const selector = (manifest: Manifest, spec: Fields): Complaint[] => {
  const pod = podOf(manifest)
  const wanted = spec['selector']
  if (pod === undefined || !isFields(wanted)) return []
  if (isEmptySelector(wanted)) return [{ rule: 'selector.empty', path: ['spec', 'selector'], want: 'key', values: {} }]
  if (selects(wanted, pod.labels)) return []
  const show = (labels: Fields): string =>
    Object.entries(labels)
      .map(([key, value]) => `${key}=${String(value)}`)
      .join(', ') || '-'
  return [
    {
      rule: 'selector.mismatch',
      path: ['spec', 'selector'],
      want: 'key',
      values: { selector: show(fieldsOf(wanted['matchLabels'])), labels: show(pod.labels) },
    },
  ]
}

const strategy = (spec: Fields): Complaint[] => {
  const given = fieldsOf(spec['strategy'])
  const rolling = given['rollingUpdate']
  const path = ['spec', 'strategy']
  if (given['type'] !== undefined && given['type'] !== 'Recreate' && given['type'] !== 'RollingUpdate')
    return [
      {
        rule: 'field.choice',
        path: [...path, 'type'],
        values: { field: 'type', actual: String(given['type']), choices: 'Recreate, RollingUpdate' },
      },
    ]
  if (given['type'] === 'Recreate' && isFields(rolling))
    return [{ rule: 'strategy.recreate', path: [...path, 'rollingUpdate'], want: 'key', values: {} }]
  if (!isFields(rolling)) return []
  const complaints: Complaint[] = []
  for (const field of ['maxSurge', 'maxUnavailable'] as const)
    if (typeof rolling[field] === 'string' && !/^\d+%$/.test(rolling[field]))
      complaints.push({ rule: 'field.percent', path: [...path, 'rollingUpdate', field], values: { field, actual: rolling[field] } })
  const none = (value: unknown): boolean => (typeof value === 'number' || typeof value === 'string') && scaledValue(value, 100, 'up') === 0
  if (none(rolling['maxSurge']) && none(rolling['maxUnavailable']))
    complaints.push({ rule: 'strategy.both-zero', path: [...path, 'rollingUpdate', 'maxUnavailable'], values: {} })
  return complaints
}

const SERVICE_TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']

const service = (spec: Fields): Complaint[] => {
  const type = textOf(spec['type'])
  if (type !== '' && !SERVICE_TYPES.includes(type))
    return [{ rule: 'field.choice', path: ['spec', 'type'], values: { field: 'type', actual: type, choices: SERVICE_TYPES.join(', ') } }]
  if (type === 'ExternalName')
    return textOf(spec['externalName']) === '' ? [{ rule: 'service.external-name', path: ['spec', 'externalName'], values: {} }] : []
  const ports = listOf(spec['ports'])
  if (ports.length === 0 && spec['clusterIP'] !== 'None')
    return [{ rule: 'service.no-port', path: ['spec', 'ports'], want: 'key', values: {} }]
  const names = new Set<string>()
  return ports.flatMap((port, index): Complaint[] => {
    if (!isFields(port)) return []
    const at = ['spec', 'ports', index]
    const name = textOf(port['name'])
    const complaints = [...portNumber(port['port'], [...at, 'port']), ...portNumber(port['targetPort'], [...at, 'targetPort'])]
    if (typeof port['targetPort'] === 'string' && !isPortName(port['targetPort']))
      complaints.push({ rule: 'name.port', path: [...at, 'targetPort'], values: { name: port['targetPort'] } })
    if (name === '' && ports.length > 1) complaints.push({ rule: 'service.port-name', path: at, values: { count: ports.length } })
    if (name !== '' && names.has(name)) complaints.push({ rule: 'pod.port-name-twice', path: [...at, 'name'], values: { name } })
    names.add(name)
    return complaints
  })
}

const autoscaler = (spec: Fields): Complaint[] => {
  const { minReplicas, maxReplicas } = spec
  if (typeof maxReplicas === 'number' && maxReplicas < 1)
    return [{ rule: 'field.least', path: ['spec', 'maxReplicas'], values: { field: 'maxReplicas', actual: maxReplicas, least: 1 } }]
  return typeof minReplicas === 'number' && typeof maxReplicas === 'number' && minReplicas > maxReplicas
    ? [{ rule: 'hpa.bounds', path: ['spec', 'maxReplicas'], values: { minReplicas, maxReplicas } }]
    : []
}
