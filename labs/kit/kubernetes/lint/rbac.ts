import type { Manifest } from '../read/manifest.ts'
import { type Fields, fieldsOf, listOf, textOf } from '../read/manifest.ts'
import { nameOf, sameNamespace, type World } from './rule.ts'

export const BINDINGS = ['RoleBinding', 'ClusterRoleBinding'] as const
export const ROLES = ['Role', 'ClusterRole'] as const

export const RBAC_GROUP = 'rbac.authorization.k8s.io'

/** Whether a list of a rule (`apiGroups`, `resources`, `verbs`) has one of these, or everything. */
export const includes = (list: unknown, wanted: readonly string[]): boolean =>
  listOf(list).some((item) => item === '*' || wanted.includes(String(item)))

export const rulesOf = (role: Manifest): Fields[] => listOf(role.value['rules']).map(fieldsOf)

/** The role that a binding hands out, where it is among the manifests. */
export const boundRole = (binding: Manifest, world: World): Manifest | undefined => {
  const reference = fieldsOf(binding.value['roleRef'])
  return world
    .ofKind(textOf(reference['kind']))
    .find((each) => each.name === nameOf(reference) && (each.kind === 'ClusterRole' || sameNamespace(each, binding)))
}

export const boundRules = (binding: Manifest, world: World): Fields[] => {
  const role = boundRole(binding, world)
  return role === undefined ? [] : rulesOf(role)
}

/**
 * What the cluster makes itself at its start, and a cloud for its own parts. Source: Kubernetes documentation, "Using RBAC
 * Authorization", default roles and role bindings; `gce:` is the same on GKE.
 */
export const isOfTheCluster = ({ kind, name }: Manifest): boolean => /^(system|gce):/.test(name) || (OWN_NAMES[kind] ?? []).includes(name)

const OWN_NAMES: Readonly<Record<string, readonly string[]>> = {
  ClusterRole: ['cluster-admin', 'admin', 'edit', 'view'],
  ClusterRoleBinding: ['cluster-admin'],
}

/** Whether every cluster has the role that a binding hands out, so that it hangs in no void. */
export const isBuiltInRole = (binding: Manifest): boolean => {
  const reference = fieldsOf(binding.value['roleRef'])
  const role = nameOf(reference)
  if (reference['kind'] === 'ClusterRole') return role.startsWith('system:') || (OWN_NAMES['ClusterRole'] ?? []).includes(role)
  return binding.namespace === 'kube-system' && (role.startsWith('system:') || role === 'extension-apiserver-authentication-reader')
}

const ALL_VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']
const has = (list: unknown, wanted: string): boolean => listOf(list).includes(wanted)

/** Every right on everything, with a wildcard or with all verbs one by one. */
export const isEverything = (rule: Fields): boolean =>
  has(rule['apiGroups'], '*') &&
  has(rule['resources'], '*') &&
  (has(rule['verbs'], '*') || ALL_VERBS.every((verb) => has(rule['verbs'], verb)))

/** Commands in running Pods. A `get` is enough: it opens a web socket. */
export const allowsExec = (rule: Fields): boolean =>
  includes(rule['apiGroups'], ['']) &&
  includes(rule['resources'], ['pods/exec', 'pods/attach', '*/exec', '*/attach']) &&
  includes(rule['verbs'], ['create', 'get'])
