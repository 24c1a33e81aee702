import type { Path } from '../finding.ts'
import { type Fields, fieldsOf, listOf, type Manifest, textOf } from '../read/manifest.ts'
import { selects } from '../selector.ts'
import { labelsOf, nameOf, specOf, type World } from './rule.ts'

/** The objects of the Gateway API, as far as rules ask about them. Source: Gateway API reference, v1. */
export const GROUP = 'gateway.networking.k8s.io'

/** What one object says about another, with what it leaves out. */
export interface Reference {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly port: number | undefined
}

const namespaceOf = ({ namespace = 'default' }: Manifest): string => namespace
const groupOf = ({ apiVersion }: Manifest): string => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '')

export const toReference = (value: unknown, kind: string, from: Manifest, group = ''): Reference => {
  const fields = fieldsOf(value)
  return {
    group: textOf(fields['group']) || group,
    kind: textOf(fields['kind']) || kind,
    name: nameOf(fields),
    namespace: textOf(fields['namespace']) || namespaceOf(from),
    port: typeof fields['port'] === 'number' ? fields['port'] : undefined,
  }
}

const find = ({ group, kind, name, namespace }: Reference, world: World): Manifest | undefined =>
  world.ofKind(kind).find((each) => groupOf(each) === group && each.name === name && namespaceOf(each) === namespace)

export const listenersOf = (gateway: Manifest): Fields[] => listOf(specOf(gateway)['listeners']).map(fieldsOf)

/** Where a route sends requests, copies of requests included. */
export const backendsOf = (route: Manifest): { readonly reference: Reference; readonly path: Path }[] =>
  listOf(specOf(route)['rules']).flatMap((rule, r) => {
    const at = ['spec', 'rules', r]
    const { backendRefs, filters } = fieldsOf(rule)
    return [
      ...listOf(backendRefs).map((each, b) => ({ reference: toReference(each, 'Service', route), path: [...at, 'backendRefs', b] })),
      ...listOf(filters).flatMap((filter, f) => {
        const { backendRef } = fieldsOf(fieldsOf(filter)['requestMirror'])
        const path = [...at, 'filters', f, 'requestMirror', 'backendRef']
        return backendRef === undefined ? [] : [{ reference: toReference(backendRef, 'Service', route), path }]
      }),
    ]
  })

/** Whether an object may refer to another: in its own namespace always, elsewhere where a grant there says so. */
export const isGranted = (from: Manifest, to: Reference, world: World): boolean =>
  to.namespace === namespaceOf(from) ||
  world.ofKind('ReferenceGrant').some((grant) => {
    if (namespaceOf(grant) !== to.namespace) return false
    const { from: froms, to: tos } = specOf(grant)
    return (
      listOf(froms)
        .map(fieldsOf)
        .some(({ group, kind, namespace }) => group === groupOf(from) && kind === from.kind && namespace === namespaceOf(from)) &&
      listOf(tos)
        .map(fieldsOf)
        .some(({ group = '', kind, name = '' }) => group === to.group && kind === to.kind && (name === '' || name === to.name))
    )
  })

/** The listeners that a route hangs at, each with the place of the reference that says so. */
export const gatewaysOf = (route: Manifest, world: World): { readonly listener: Fields; readonly path: Path }[] =>
  listOf(specOf(route)['parentRefs']).flatMap((parent, index) => {
    const reference = toReference(parent, 'Gateway', route, GROUP)
    const gateway = reference.kind === 'Gateway' && reference.group === GROUP ? find(reference, world) : undefined
    const section = textOf(fieldsOf(parent)['sectionName'])
    if (gateway === undefined) return []
    return listenersOf(gateway)
      .filter((listener) => (section === '' || listener['name'] === section) && takes(listener, gateway, route, world))
      .map((listener) => ({ listener, path: ['spec', 'parentRefs', index] }))
  })

const takes = (listener: Fields, gateway: Manifest, route: Manifest, world: World): boolean => {
  const { kinds, namespaces } = fieldsOf(listener['allowedRoutes'])
  if (listOf(kinds).length > 0 && !listOf(kinds).some((each) => fieldsOf(each)['kind'] === route.kind)) return false
  const hosts = listOf(specOf(route)['hostnames']).map(String)
  const own = textOf(listener['hostname'])
  if (own !== '' && hosts.length > 0 && !hosts.some((host) => meet(own.toLowerCase(), host.toLowerCase()))) return false
  const { from, selector } = fieldsOf(namespaces)
  if (from === 'All') return true
  if (from === undefined || from === 'Same') return namespaceOf(route) === namespaceOf(gateway)
  const namespace = world.ofKind('Namespace').find(({ name }) => name === namespaceOf(route))
  return from === 'Selector' && namespace !== undefined && selects(fieldsOf(selector), labelsOf(namespace))
}

/** Whether one name can be meant by both; `*.` stands for any number of labels. */
const meet = (a: string, b: string): boolean => a === b || isBelow(a, b) || isBelow(b, a)
const isBelow = (wildcard: string, host: string): boolean => wildcard.startsWith('*.') && host.endsWith(wildcard.slice(1))

/** Whether everything that a route does is to send people to HTTPS. */
export const isHttpsRedirect = (route: Manifest): boolean => {
  const rules = listOf(specOf(route)['rules']).map(fieldsOf)
  return (
    rules.length > 0 &&
    rules.every(({ backendRefs, filters }) => {
      const redirects = listOf(filters).map((each) => textOf(fieldsOf(fieldsOf(each)['requestRedirect'])['scheme']).toLowerCase())
      return listOf(backendRefs).length === 0 && redirects.includes('https')
    })
  )
}

const TLS_PORTS: readonly unknown[] = [443, 8443]
const KGATEWAY = 'gateway.kgateway.dev'

/** Whether a backend waits for TLS, as far as its port's number, name or protocol shows. */
export const speaksTls = (reference: Reference, world: World): boolean => {
  if (TLS_PORTS.includes(reference.port)) return true
  const backend = find(reference, world)
  if (backend === undefined) return false
  if (backend.kind === 'Service')
    return listOf(specOf(backend)['ports'])
      .map(fieldsOf)
      .filter(({ port }) => reference.port === undefined || port === reference.port)
      .some(({ name, appProtocol }) => /^https(-|$)/i.test(textOf(name)) || /(^|\/)https$/i.test(textOf(appProtocol)))
  const hosts = listOf(fieldsOf(specOf(backend)['static'])['hosts'])
  return reference.group === KGATEWAY && hosts.some((host) => TLS_PORTS.includes(fieldsOf(host)['port']))
}

/** Whether a policy tells the gateway to speak TLS to a backend. */
export const isTold = (reference: Reference, world: World): boolean =>
  world
    .ofKind('BackendTLSPolicy', 'BackendConfigPolicy')
    .filter((policy) => namespaceOf(policy) === reference.namespace)
    .filter((policy) => policy.kind === 'BackendTLSPolicy' || specOf(policy)['tls'] !== undefined)
    .some((policy) =>
      listOf(specOf(policy)['targetRefs'])
        .map((target) => toReference(target, 'Service', policy))
        .some(({ group, kind, name }) => group === reference.group && kind === reference.kind && name === reference.name),
    )
