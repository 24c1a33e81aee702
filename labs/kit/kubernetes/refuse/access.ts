import type { Complaint } from '../complaint.ts'
import { type Path, writePath } from '../finding.ts'
import { isSubdomain } from '../names.ts'
import { type Fields, fieldsOf, isFields, listOf, type Manifest, textOf } from '../read/manifest.ts'
import { choice, needed, onlyWith } from './complaints.ts'

const GROUP = 'rbac.authorization.k8s.io'

/** Source of all here: kubernetes/kubernetes, pkg/apis/rbac/validation/validation.go. */

export const roleComplaints = ({ kind, value }: Manifest): Complaint[] =>
  listOf(value['rules']).flatMap((rule, index) => (isFields(rule) ? policyRule(rule, ['rules', index], kind) : []))

const policyRule = (rule: Fields, at: Path, kind: string): Complaint[] => {
  const parent = writePath(at)
  const verbs = rule['verbs'] === undefined ? [] : needed(rule, at, 'verbs', parent)
  if (listOf(rule['nonResourceURLs']).length === 0)
    return [...verbs, ...needed(rule, at, 'apiGroups', parent), ...needed(rule, at, 'resources', parent)]
  if (kind === 'Role') return [...verbs, ...onlyWith(rule, at, 'nonResourceURLs', '`kind: ClusterRole`')]
  const other = ['apiGroups', 'resources', 'resourceNames'].find((field) => listOf(rule[field]).length > 0)
  return other === undefined
    ? verbs
    : [...verbs, { rule: 'field.exclusive', path: [...at, 'nonResourceURLs'], want: 'key', values: { field: 'nonResourceURLs', other } }]
}

export const bindingComplaints = ({ kind, value }: Manifest): Complaint[] => {
  const role = fieldsOf(value['roleRef'])
  return [
    ...choice(role, ['roleRef'], 'kind', kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole']),
    ...choice(role, ['roleRef'], 'apiGroup', [GROUP]),
    ...(role['name'] === '' ? needed(role, ['roleRef'], 'name', 'roleRef') : []),
    ...listOf(value['subjects']).flatMap((subject, index) => (isFields(subject) ? subjectOf(subject, ['subjects', index], kind) : [])),
  ]
}

const subjectOf = (subject: Fields, at: Path, kind: string): Complaint[] => {
  const wrong = choice(subject, at, 'kind', ['ServiceAccount', 'User', 'Group'])
  if (wrong.length > 0) return wrong
  const empty = subject['name'] === '' ? needed(subject, at, 'name', writePath(at)) : []
  if (subject['kind'] !== 'ServiceAccount') return [...empty, ...choice(subject, at, 'apiGroup', [GROUP])]
  const name = textOf(subject['name'])
  return [
    ...empty,
    ...(name !== '' && !isSubdomain(name) ? [{ rule: 'name.subdomain' as const, path: [...at, 'name'], values: { name } }] : []),
    ...(textOf(subject['apiGroup']) === '' ? [] : onlyWith(subject, at, 'apiGroup', '`kind: User`, `kind: Group`')),
    ...(kind === 'ClusterRoleBinding' ? needed(subject, at, 'namespace', writePath(at)) : []),
  ]
}
