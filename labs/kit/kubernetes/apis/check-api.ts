import type { Complaint } from '../complaint.ts'
import type { Level } from '../finding.ts'
import type { Manifest } from '../read/manifest.ts'
import { closest } from '../schema/similar.ts'
import { structure } from '../schema/validator.ts'
import { deprecatedApis, removedApis } from './removed.ts'

type ApiComplaint = Complaint & { readonly level: Level }

/** What is wrong with an object's apiVersion and kind. All but a warning makes its fields moot. */
export const apiComplaints = ({ value, apiVersion, kind }: Manifest): ApiComplaint[] => {
  const unnamed = (['kind', 'apiVersion'] as const).flatMap((field): ApiComplaint[] => {
    const given = value[field]
    if (given === undefined || given === '')
      return [{ rule: field === 'kind' ? 'manifest.no-kind' : 'manifest.no-api-version', path: [field], values: {}, level: 'error' }]
    if (typeof given === 'string') return []
    return [
      {
        rule: 'field.type',
        path: [field],
        values: { field, actual: JSON.stringify(given), found: typeof given, expected: 'string' },
        level: 'error',
      },
    ]
  })
  if (unnamed.length > 0) return unnamed
  const found =
    structure().kinds[`${apiVersion} ${kind}`] === undefined
      ? (removed(apiVersion, kind) ?? unknown(apiVersion, kind))
      : deprecated(apiVersion, kind)
  return found === undefined ? [] : [found]
}

const deprecated = (apiVersion: string, kind: string): ApiComplaint | undefined => {
  const found = deprecatedApis.find((api) => api.apiVersion === apiVersion && api.kinds.includes(kind))
  if (found === undefined) return undefined
  const { deprecatedIn, replacement = 'none' } = found
  return { rule: 'api.deprecated', path: ['apiVersion'], values: { apiVersion, kind, deprecatedIn, replacement }, level: 'warning' }
}

const removed = (apiVersion: string, kind: string): ApiComplaint | undefined => {
  const singular = kind.replace(/List$/, '')
  const found = removedApis.find((api) => api.apiVersion === apiVersion && api.kinds.includes(singular))
  if (found === undefined) return undefined
  const { removedIn, replacement, since = '' } = found
  return replacement === undefined
    ? { rule: 'api.removed', path: ['apiVersion'], values: { apiVersion, kind, removedIn }, level: 'error' }
    : { rule: 'api.replaced', path: ['apiVersion'], values: { apiVersion, kind, removedIn, replacement, since }, level: 'error' }
}

const unknown = (apiVersion: string, kind: string): ApiComplaint => {
  const known = Object.keys(structure().kinds).map((pair) => pair.split(' ') as [string, string])
  const elsewhere = known.filter(([, other]) => other === kind).map(([version]) => version)
  const [first] = elsewhere
  if (!isBuiltIn(apiVersion)) {
    // A built-in kind under a foreign group is a slip unless the group is somebody's own domain (`serving.knative.dev/v1 Service`).
    if (first !== undefined && !isDomain(apiVersion))
      return { rule: 'api.elsewhere', path: ['apiVersion'], values: { apiVersion, kind, served: elsewhere.join(', ') }, level: 'error' }
    return { rule: 'api.third-party', path: ['apiVersion'], values: { apiVersion, kind }, level: 'unknown' }
  }
  if (first !== undefined)
    return { rule: 'api.elsewhere', path: ['apiVersion'], values: { apiVersion, kind, served: elsewhere.join(', ') }, level: 'error' }
  const similar = closest(kind, [...new Set(known.map(([, other]) => other))])
  return similar === undefined
    ? { rule: 'api.unknown-kind', path: ['kind'], values: { apiVersion, kind }, level: 'error' }
    : { rule: 'api.similar-kind', path: ['kind'], values: { apiVersion, kind, similar }, level: 'error' }
}

const isDomain = (apiVersion: string): boolean => /^[^/]+\.[^/]+\/[^/]+$/.test(apiVersion)

/** The groups of Kubernetes itself: those without a dot, and those of the kinds it has. Other `*.k8s.io` groups are add-ons. */
const isBuiltIn = (apiVersion: string): boolean => {
  const [group, version] = apiVersion.split('/')
  if (version === undefined) return true
  return (
    UNFINISHED_GROUPS.includes(String(group)) ||
    Object.keys(structure().kinds).some((pair) => pair.startsWith(`${group}/`)) ||
    removedApis.some((api) => api.apiVersion.startsWith(`${group}/`))
  )
}

/** Groups that have no stable version yet: no cluster serves them without being told to. Source: Kubernetes API reference, API groups. */
const UNFINISHED_GROUPS: readonly string[] = ['internal.apiserver.k8s.io', 'storagemigration.k8s.io']
