import { compareQuantities, parseQuantity } from '../arithmetic/quantity.ts'
import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isEnvName, isLabelName, isPortName } from '../names.ts'
import type { ContainerOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'

/** What an API server refuses about one container beyond its schema. Source: the field descriptions of `v1.Container` and `v1.Probe`. */
export const containerComplaints = (each: ContainerOf): Complaint[] => [
  ...names(each),
  ...ports(each),
  ...probes(each),
  ...resources(each),
  ...mounts(each),
]

const names = ({ container, name, path, role }: ContainerOf): Complaint[] => {
  const complaints: Complaint[] = []
  if (name !== '' && !isLabelName(name)) complaints.push({ rule: 'name.label', path: [...path, 'name'], values: { name } })
  if (textOf(container['image']) === '' && (container['image'] === undefined || container['image'] === ''))
    complaints.push({ rule: 'pod.no-image', path: [...path, 'image'], values: { container: name || '?' } })
  for (const [index, variable] of listOf(container['env']).entries()) {
    const env = fieldsOf(variable)
    const at = [...path, 'env', index]
    if (typeof env['name'] === 'string' && !isEnvName(env['name']))
      complaints.push({ rule: 'name.env', path: [...at, 'name'], values: { name: env['name'] } })
    if (env['value'] !== undefined && env['value'] !== '' && isFields(env['valueFrom']))
      complaints.push({ rule: 'pod.env-twice', path: [...at, 'valueFrom'], want: 'key', values: { name: textOf(env['name']) } })
  }
  const { restartPolicy } = container
  if (role === 'init' && restartPolicy !== undefined && !RESTART_POLICIES.includes(String(restartPolicy)))
    complaints.push({
      rule: 'field.choice',
      path: [...path, 'restartPolicy'],
      values: { field: 'restartPolicy', actual: String(restartPolicy), choices: RESTART_POLICIES.join(', ') },
    })
  return complaints
}
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']

const ports = ({ container, path }: ContainerOf): Complaint[] => {
  const seen = new Map<string, number>()
  return listOf(container['ports']).flatMap((port, index): Complaint[] => {
    if (!isFields(port)) return []
    const at = [...path, 'ports', index]
    const complaints = [
      ...portNumber(port['containerPort'], [...at, 'containerPort']),
      ...portNumber(port['hostPort'], [...at, 'hostPort'], true),
    ]
    const name = port['name']
    if (typeof name !== 'string' || name === '') return complaints
    if (!isPortName(name)) return [...complaints, { rule: 'name.port', path: [...at, 'name'], values: { name } }]
    const before = seen.get(name)
    seen.set(name, index)
    return before === undefined ? complaints : [...complaints, { rule: 'pod.port-name-twice', path: [...at, 'name'], values: { name } }]
  })
}

/** A port is 1 to 65535; `0` means "none" where `orNone`. */
export const portNumber = (port: unknown, path: Path, orNone = false): Complaint[] =>
  typeof port === 'number' && Number.isInteger(port) && (port < (orNone ? 0 : 1) || port > 65_535)
    ? [{ rule: 'field.port', path, values: { actual: port } }]
    : []

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const

const probes = ({ container, path, role }: ContainerOf): Complaint[] =>
  (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((field): Complaint[] => {
    const probe = container[field]
    if (!isFields(probe)) return []
    const at = [...path, field]
    if (role === 'init') return [{ rule: 'probe.init', path: at, want: 'key', values: { probe: field } }]
    const handlers = HANDLERS.filter((handler) => isFields(probe[handler]))
    const complaints: Complaint[] =
      handlers.length === 1 ? [] : [{ rule: 'probe.handler', path: at, want: 'key', values: { probe: field, count: handlers.length } }]
    if (field !== 'readinessProbe' && typeof probe['successThreshold'] === 'number' && probe['successThreshold'] > 1)
      complaints.push({
        rule: 'probe.success',
        path: [...at, 'successThreshold'],
        values: { probe: field, actual: probe['successThreshold'] },
      })
    for (const number of ['initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold'] as const) {
      const value = probe[number]
      // 0 is replaced by the default before it is looked at.
      if (typeof value === 'number' && value < 0)
        complaints.push({ rule: 'field.least', path: [...at, number], values: { field: number, actual: value, least: 0 } })
    }
    for (const handler of ['httpGet', 'tcpSocket', 'grpc'] as const) {
      const port = fieldsOf(probe[handler])['port']
      const where = [...at, handler, 'port']
      complaints.push(...portNumber(port, where))
      if (typeof port === 'string' && !isPortName(port)) complaints.push({ rule: 'name.port', path: where, values: { name: port } })
    }
    return complaints
  })

const resources = ({ container, path }: ContainerOf): Complaint[] => {
  const at = [...path, 'resources']
  const { limits, requests } = fieldsOf(container['resources'])
  return Object.entries(fieldsOf(requests)).flatMap(([resource, request]): Complaint[] => {
    const [asked, most] = [parseQuantity(request), parseQuantity(fieldsOf(limits)[resource])]
    if (asked === undefined) return []
    if (asked.billionths < 0n)
      return [{ rule: 'resources.negative', path: [...at, 'requests', resource], values: { resource, actual: String(request) } }]
    return most !== undefined && compareQuantities(asked, most) > 0
      ? [
          {
            rule: 'resources.request-over-limit',
            path: [...at, 'requests', resource],
            values: { resource, request: String(request), limit: String(fieldsOf(limits)[resource]) },
          },
        ]
      : []
  })
}

const mounts = ({ container, path }: ContainerOf): Complaint[] => {
  const seen = new Set<string>()
  return listOf(container['volumeMounts']).flatMap((mount, index): Complaint[] => {
    const mountPath = textOf(fieldsOf(mount)['mountPath'])
    if (mountPath === '' || !seen.has(mountPath)) {
      seen.add(mountPath)
      return []
    }
    return [{ rule: 'pod.mount-path-twice', path: [...path, 'volumeMounts', index, 'mountPath'], values: { mountPath } }]
  })
}

/** A mapping that must hold exactly one of some keys. */
export const oneOf = (fields: Fields, keys: readonly string[]): readonly string[] => keys.filter((key) => fields[key] !== undefined)
