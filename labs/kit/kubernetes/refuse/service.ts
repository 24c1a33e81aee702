import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isLabelName, isSubdomain } from '../names.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { addressComplaint, rangeComplaint } from './addresses.ts'
import { between, choice, onlyWith, repeated } from './complaints.ts'
import { portNumber, portOrName } from './container.ts'
import { pairComplaints } from './selectors.ts'

const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']
/** The range that a cluster gives node ports from unless it was told another. */
const NODE_PORTS: readonly [number, number] = [30_000, 32_767]
const A_DAY = 86_400

/** Source: kubernetes/kubernetes, pkg/apis/core/validation/validation.go (ValidateService). */
export const serviceComplaints = (spec: Fields): Complaint[] => {
  const at = ['spec']
  const wrongType = choice(spec, at, 'type', TYPES)
  if (wrongType.length > 0) return wrongType
  const type = textOf(spec['type']) || 'ClusterIP'
  const both = [...pairComplaints(spec['selector'], [...at, 'selector']), ...addresses(spec, at)]
  if (type === 'ExternalName') return [...both, ...externalName(spec, at)]
  const ports = listOf(spec['ports'])
  if (ports.length === 0 && spec['clusterIP'] !== 'None')
    return [...both, { rule: 'service.no-port', path: [...at, 'ports'], want: 'key', values: {} }]
  return [
    ...both,
    ...reach(spec, type, at),
    ...ports.flatMap((port, index) => (isFields(port) ? one(port, index, ports.length, type) : [])),
    ...twice(ports),
  ]
}

const externalName = (spec: Fields, at: Path): Complaint[] => {
  // The dot that ends a full name of the DNS is allowed here.
  const name = textOf(spec['externalName']).replace(/\.$/, '')
  if (name === '') return [{ rule: 'service.external-name', path: [...at, 'externalName'], values: {} }]
  return isSubdomain(name) ? [] : [{ rule: 'net.host', path: [...at, 'externalName'], values: { actual: name } }]
}

const addresses = (spec: Fields, at: Path): Complaint[] => [
  ...(spec['clusterIP'] === 'None' || spec['clusterIP'] === '' ? [] : addressComplaint(spec['clusterIP'], [...at, 'clusterIP'])),
  ...listOf(spec['externalIPs']).flatMap((ip, index) => addressComplaint(ip, [...at, 'externalIPs', index])),
  // Spaces around a range are taken away before it is read.
  ...listOf(spec['loadBalancerSourceRanges']).flatMap((range, index) =>
    rangeComplaint(typeof range === 'string' ? range.trim() : range, [...at, 'loadBalancerSourceRanges', index]),
  ),
]

/** What only has a meaning for a Service that is reached from outside, and for one that is not. */
const reach = (spec: Fields, type: string, at: Path): Complaint[] => {
  const outside = type === 'NodePort' || type === 'LoadBalancer'
  const seconds = fieldsOf(fieldsOf(spec['sessionAffinityConfig'])['clientIP'])
  return [
    ...(outside && spec['clusterIP'] === 'None'
      ? [
          {
            rule: 'field.only-with' as const,
            path: [...at, 'clusterIP'],
            values: { field: 'clusterIP: None', condition: '`type: ClusterIP`' },
          },
        ]
      : []),
    ...(outside || listOf(spec['externalIPs']).length > 0
      ? []
      : onlyWith(spec, at, 'externalTrafficPolicy', '`type: NodePort`, `type: LoadBalancer`')),
    ...(type === 'LoadBalancer'
      ? []
      : [
          ...onlyWith(spec, at, 'loadBalancerClass', '`type: LoadBalancer`'),
          ...(listOf(spec['loadBalancerSourceRanges']).length > 0
            ? onlyWith(spec, at, 'loadBalancerSourceRanges', '`type: LoadBalancer`')
            : []),
        ]),
    ...(textOf(spec['sessionAffinity']) === 'ClientIP' ? [] : onlyWith(spec, at, 'sessionAffinityConfig', '`sessionAffinity: ClientIP`')),
    ...between(seconds, [...at, 'sessionAffinityConfig', 'clientIP'], 'timeoutSeconds', [1, A_DAY]),
  ]
}

const one = (port: Fields, index: number, count: number, type: string): Complaint[] => {
  const at = ['spec', 'ports', index]
  const name = textOf(port['name'])
  const complaints = [...portNumber(port['port'], [...at, 'port']), ...portOrName(port['targetPort'], [...at, 'targetPort'])]
  if (name === '' && count > 1) complaints.push({ rule: 'service.port-name', path: at, values: { count } })
  if (name !== '' && !isLabelName(name)) complaints.push({ rule: 'name.label', path: [...at, 'name'], values: { name } })
  if (port['nodePort'] === undefined || port['nodePort'] === 0) return complaints
  return [
    ...complaints,
    ...(type === 'ClusterIP'
      ? onlyWith(port, at, 'nodePort', '`type: NodePort`, `type: LoadBalancer`')
      : between(port, at, 'nodePort', NODE_PORTS)),
  ]
}

/** Each name once; each port once for a protocol; each node port once for a protocol. */
const twice = (ports: readonly unknown[]): Complaint[] => {
  const names = new Set<string>()
  const listed = ports.map((port, index) => ({ port: fieldsOf(port), at: ['spec', 'ports', index] }))
  const key = (port: Fields, field: string): string =>
    typeof port[field] === 'number' && port[field] !== 0 ? `${port[field]}/${textOf(port['protocol']) || 'TCP'}` : ''
  return [
    ...listed.flatMap(({ port, at }): Complaint[] => {
      const name = textOf(port['name'])
      if (name !== '' && names.has(name)) return [{ rule: 'pod.port-name-twice', path: [...at, 'name'], values: { name } }]
      names.add(name)
      return []
    }),
    ...['port', 'nodePort'].flatMap((field) =>
      repeated(
        field,
        listed.map(({ port, at }) => ({ key: key(port, field), path: [...at, field] })),
      ),
    ),
  ]
}
