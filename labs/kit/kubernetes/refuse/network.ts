import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isServiceName, isSubdomain } from '../names.ts'
import { type Fields, fieldsOf, isFields, listOf, type Manifest, textOf } from '../read/manifest.ts'
import { hostComplaint, isInside, parseRange, rangeComplaint } from './addresses.ts'
import { exactlyOne, exclusive, hasText, needed, onlyWith } from './complaints.ts'
import { portNumber, portOrName } from './container.ts'
import { selectorComplaints } from './selectors.ts'

/** Source of all here: kubernetes/kubernetes, pkg/apis/networking/validation/validation.go. */

export const networkPolicy = (spec: Fields): Complaint[] => [
  ...selectorComplaints(spec['podSelector'], ['spec', 'podSelector']),
  ...(
    [
      ['ingress', 'from'],
      ['egress', 'to'],
    ] as const
  ).flatMap(([direction, peers]) =>
    listOf(spec[direction]).flatMap((rule, index) => {
      const at = ['spec', direction, index]
      const fields = fieldsOf(rule)
      return [
        ...listOf(fields['ports']).flatMap((port, each) => (isFields(port) ? policyPort(port, [...at, 'ports', each]) : [])),
        ...listOf(fields[peers]).flatMap((peer, each) => (isFields(peer) ? policyPeer(peer, [...at, peers, each]) : [])),
      ]
    }),
  ),
]

const policyPort = (fields: Fields, at: Path): Complaint[] => {
  const { port, endPort } = fields
  const first = portOrName(port, [...at, 'port'])
  if (typeof port !== 'number') return [...first, ...onlyWith(fields, at, 'endPort', '`port: 1024`')]
  if (typeof endPort !== 'number' || first.length > 0) return first
  return endPort < port
    ? [{ rule: 'field.least', path: [...at, 'endPort'], values: { field: 'endPort', actual: endPort, least: port } }]
    : portNumber(endPort, [...at, 'endPort'])
}

const policyPeer = (peer: Fields, at: Path): Complaint[] => {
  const block = peer['ipBlock']
  if (Object.keys(peer).length === 0) return [{ rule: 'policy.peer', path: at, values: {} }]
  return [
    ...['podSelector', 'namespaceSelector'].flatMap((other) => exclusive(peer, at, other, 'ipBlock')),
    ...selectorComplaints(peer['podSelector'], [...at, 'podSelector']),
    ...selectorComplaints(peer['namespaceSelector'], [...at, 'namespaceSelector']),
    ...(isFields(block) ? ipBlock(block, [...at, 'ipBlock']) : []),
  ]
}

const ipBlock = (block: Fields, at: Path): Complaint[] => {
  const cidr = textOf(block['cidr'])
  const outer = parseRange(cidr)
  return [
    ...rangeComplaint(block['cidr'], [...at, 'cidr']),
    ...listOf(block['except']).flatMap((except, index): Complaint[] => {
      const path = [...at, 'except', index]
      const inner = parseRange(textOf(except))
      if (inner === undefined || outer === undefined) return inner === undefined ? rangeComplaint(except, path) : []
      return isInside(inner, outer) ? [] : [{ rule: 'net.except', path, values: { except: textOf(except), cidr } }]
    }),
  ]
}

export const ingress = ({ value }: Manifest): Complaint[] => {
  const spec = fieldsOf(value['spec'])
  const rules = listOf(spec['rules'])
  const fallback = spec['defaultBackend']
  if (rules.length === 0 && fallback === undefined) return [{ rule: 'ingress.nothing', path: ['spec'], want: 'key', values: {} }]
  return [
    ...(isFields(fallback) ? backend(fallback, ['spec', 'defaultBackend']) : []),
    ...rules.flatMap((rule, index) => (isFields(rule) ? ingressRule(rule, ['spec', 'rules', index]) : [])),
    ...listOf(spec['tls']).flatMap((tls, index) =>
      listOf(fieldsOf(tls)['hosts']).flatMap((host, each) => tlsHost(host, ['spec', 'tls', index, 'hosts', each])),
    ),
    ...classOf(value, spec),
  ]
}

/** Unlike the host of a rule, one of a certificate may be an address: it is only looked at as a name. */
const tlsHost = (host: unknown, path: Path): Complaint[] =>
  typeof host === 'string' && isSubdomain(host)
    ? []
    : host === ''
      ? [{ rule: 'field.empty', path, values: { field: 'hosts' } }]
      : hostComplaint(host, path)

const CLASS = 'kubernetes.io/ingress.class'
const classOf = (value: Fields, spec: Fields): Complaint[] => {
  const old = fieldsOf(fieldsOf(value['metadata'])['annotations'])[CLASS]
  const name = spec['ingressClassName']
  return old === undefined || name === undefined || old === name
    ? []
    : [{ rule: 'field.exclusive', path: ['spec', 'ingressClassName'], want: 'key', values: { field: 'ingressClassName', other: CLASS } }]
}

const ingressRule = (rule: Fields, at: Path): Complaint[] => {
  const http = rule['http']
  return [
    ...hostComplaint(rule['host'], [...at, 'host']),
    ...(isFields(http)
      ? [
          ...(Array.isArray(http['paths']) ? needed(http, [...at, 'http'], 'paths', 'http') : []),
          ...listOf(http['paths']).flatMap((path, index) => (isFields(path) ? httpPath(path, [...at, 'http', 'paths', index]) : [])),
        ]
      : []),
  ]
}

const httpPath = (fields: Fields, at: Path): Complaint[] => {
  const path = textOf(fields['path'])
  const strict = fields['pathType'] === 'Exact' || fields['pathType'] === 'Prefix'
  const wrong = path === '' ? strict : !path.startsWith('/') || (strict && /\/\/|\/\.\.?(\/|$)|%2f/i.test(path))
  return [
    ...(wrong ? [{ rule: 'ingress.path' as const, path: [...at, 'path'], values: { actual: path } }] : []),
    ...(isFields(fields['backend']) ? backend(fields['backend'], [...at, 'backend']) : []),
  ]
}

const backend = (fields: Fields, at: Path): Complaint[] => {
  const which = exactlyOne(fields, at, ['service', 'resource'], 'backend')
  const service = fields['service']
  if (which.length > 0 || !isFields(service)) return which
  const name = textOf(service['name'])
  const port = fieldsOf(service['port'])
  const inside = [...at, 'service']
  const number = port['number'] === 0 ? undefined : port['number']
  const given = { number, name: hasText(port['name']) ? port['name'] : undefined }
  return [
    ...(service['name'] === '' ? needed(service, inside, 'name', 'service') : []),
    ...(name !== '' && !isServiceName(name) ? [{ rule: 'name.service' as const, path: [...inside, 'name'], values: { name } }] : []),
    ...exactlyOne(given, [...inside, 'port'], ['number', 'name'], 'port'),
    ...portNumber(number, [...inside, 'port', 'number']),
    ...portOrName(given.name, [...inside, 'port', 'name']),
  ]
}
