import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isLabelName, isPortName } from '../names.ts'
import type { ContainerOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { amountComplaints } from './amounts.ts'
import { choice, exactlyOne, least, needed, noneNegative, onlyWith, repeated } from './complaints.ts'
import { environmentComplaints } from './environment.ts'

/** What an API server refuses about one container beyond its schema. Source: the field descriptions of `v1.Container` and `v1.Probe`. */
export const containerComplaints = (each: ContainerOf): Complaint[] => [
  ...names(each),
  ...ports(each),
  ...probes(each),
  ...hooks(each),
  ...environmentComplaints(each),
  ...amountComplaints(fieldsOf(each.container['resources']), [...each.path, 'resources']),
]

const names = ({ container, name, path, role }: ContainerOf): Complaint[] => {
  const complaints: Complaint[] = []
  if (name !== '' && !isLabelName(name)) complaints.push({ rule: 'name.label', path: [...path, 'name'], values: { name } })
  if (textOf(container['image']) === '' && (container['image'] === undefined || container['image'] === ''))
    complaints.push({ rule: 'pod.no-image', path: [...path, 'image'], values: { container: name || '?' } })
  const image = textOf(container['image'])
  if (image !== image.trim()) complaints.push({ rule: 'pod.image-space', path: [...path, 'image'], values: { image } })
  if (role === 'init') complaints.push(...choice(container, path, 'restartPolicy', RESTART_POLICIES))
  return complaints
}
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']

/** A number stands once for a protocol, as a variable's name does: ports are merged by both. */
const ports = ({ container, path }: ContainerOf): Complaint[] => {
  const seen = new Map<string, number>()
  const listed = listOf(container['ports'])
  const keys = listed.map((port, index) => {
    const { containerPort, protocol } = fieldsOf(port)
    const key = typeof containerPort === 'number' ? `${containerPort}/${textOf(protocol) || 'TCP'}` : ''
    return { key, path: [...path, 'ports', index, 'containerPort'] }
  })
  const each = listed.flatMap((port, index): Complaint[] => {
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
  return [...each, ...repeated('containerPort', keys)]
}

/** A port is 1 to 65535; `0` means "none" where `orNone`. */
export const portNumber = (port: unknown, path: Path, orNone = false): Complaint[] =>
  typeof port === 'number' && Number.isInteger(port) && (port < (orNone ? 0 : 1) || port > 65_535)
    ? [{ rule: 'field.port', path, values: { actual: port } }]
    : []

/** A port by its number or by the name that a container gave it. */
export const portOrName = (port: unknown, path: Path): Complaint[] =>
  typeof port === 'string' && !isPortName(port) ? [{ rule: 'name.port', path, values: { name: port } }] : portNumber(port, path)

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const

const probes = ({ container, path, role }: ContainerOf): Complaint[] =>
  (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((field): Complaint[] => {
    const probe = container[field]
    if (!isFields(probe)) return []
    const at = [...path, field]
    if (role === 'init') return [{ rule: 'probe.init', path: at, want: 'key', values: { probe: field } }]
    const handlers = HANDLERS.filter((handler) => isFields(probe[handler]))
    return [
      ...(handlers.length === 1
        ? []
        : [{ rule: 'probe.handler' as const, path: at, want: 'key' as const, values: { probe: field, count: handlers.length } }]),
      ...timing(probe, at, field),
      ...handlers.flatMap((handler) => target(fieldsOf(probe[handler]), [...at, handler], handler)),
    ]
  })

const timing = (probe: Fields, at: Path, field: string): Complaint[] => {
  const complaints = noneNegative(probe, at, NUMBERS)
  // 0 is replaced by the default before it is looked at.
  if (field !== 'readinessProbe' && typeof probe['successThreshold'] === 'number' && probe['successThreshold'] > 1)
    complaints.push({
      rule: 'probe.success',
      path: [...at, 'successThreshold'],
      values: { probe: field, actual: probe['successThreshold'] },
    })
  return field === 'readinessProbe'
    ? [...complaints, ...onlyWith(probe, at, 'terminationGracePeriodSeconds', '`livenessProbe`, `startupProbe`')]
    : [...complaints, ...least(probe, at, 'terminationGracePeriodSeconds', 1)]
}
const NUMBERS = ['initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold']

/** Where a probe or a hook asks. */
const target = (handler: Fields, at: Path, kind: string): Complaint[] => {
  if (kind === 'exec') return needed(handler, at, 'command', 'exec')
  return portOrName(handler['port'], [...at, 'port'])
}

const HOOKS = ['exec', 'httpGet', 'tcpSocket', 'sleep'] as const

/** What runs after the start and before the end. */
const hooks = ({ container, path }: ContainerOf): Complaint[] =>
  (['postStart', 'preStop'] as const).flatMap((field): Complaint[] => {
    const hook = fieldsOf(container['lifecycle'])[field]
    if (!isFields(hook)) return []
    const at = [...path, 'lifecycle', field]
    const given = HOOKS.filter((handler) => isFields(hook[handler]))
    return [
      ...exactlyOne(hook, at, HOOKS, field),
      ...given.flatMap((handler) => (handler === 'sleep' ? [] : target(fieldsOf(hook[handler]), [...at, handler], handler))),
    ]
  })
