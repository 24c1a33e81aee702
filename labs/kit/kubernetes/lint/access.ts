import type { Path } from '../finding.ts'
import type { Manifest } from '../read/manifest.ts'
import { type Fields, fieldsOf, listOf, textOf } from '../read/manifest.ts'
import { type LintRule, nameOf, objectRule, sameNamespace, type World } from './rule.ts'

const BINDINGS = ['RoleBinding', 'ClusterRoleBinding'] as const
const ROLES = ['Role', 'ClusterRole'] as const

const includes = (list: unknown, wanted: readonly string[]): boolean =>
  listOf(list).some((item) => item === '*' || wanted.includes(String(item)))

/** The rules that a binding hands out, where its role is among the manifests. */
const boundRules = (binding: Manifest, world: World): Fields[] => {
  const reference = fieldsOf(binding.value['roleRef'])
  const role = world
    .ofKind(textOf(reference['kind']))
    .find((each) => each.name === nameOf(reference) && (each.kind === 'ClusterRole' || sameNamespace(each, binding)))
  return role === undefined ? [] : rulesOf(role)
}
const rulesOf = (role: Manifest): Fields[] => listOf(role.value['rules']).map(fieldsOf)

const grants = (
  id: 'lint.access-create-pods' | 'lint.access-secrets',
  sources: readonly string[],
  resources: readonly string[],
  verbs: readonly string[],
): LintRule =>
  objectRule({ id, sources, kinds: BINDINGS, optional: true }, function* (binding, world) {
    if (boundRules(binding, world).some((rule) => includes(rule['resources'], resources) && includes(rule['verbs'], verbs)))
      yield { path: ['roleRef', 'name'], values: { role: nameOf(binding.value['roleRef']) } }
  })

const isEverything = (rule: Fields): boolean => listOf(rule['verbs']).includes('*') && listOf(rule['resources']).includes('*')

/** Who may do what in the cluster. */
export const ACCESS_RULES: readonly LintRule[] = [
  grants(
    'lint.access-create-pods',
    ['kube-linter access-to-create-pods', 'CIS Kubernetes Benchmark 5.1.4'],
    ['pods', 'deployments', 'statefulsets', 'replicasets', 'cronjobs', 'jobs', 'daemonsets'],
    ['create'],
  ),
  grants(
    'lint.access-secrets',
    ['kube-linter access-to-secrets', 'CIS Kubernetes Benchmark 5.1.2'],
    ['secrets'],
    ['get', 'list', 'delete', 'create', 'watch'],
  ),
  objectRule(
    {
      id: 'lint.cluster-admin',
      sources: [
        'kube-linter cluster-admin-role-binding',
        'polaris clusterrolebindingClusterAdmin',
        'polaris rolebindingClusterAdminClusterRole',
        'polaris rolebindingClusterAdminRole',
        'CIS Kubernetes Benchmark 5.1.1',
      ],
      kinds: BINDINGS,
    },
    function* (binding, world) {
      const role = nameOf(binding.value['roleRef'])
      if (role === 'cluster-admin' || boundRules(binding, world).some(isEverything)) yield { path: ['roleRef', 'name'], values: { role } }
    },
  ),
  objectRule(
    { id: 'lint.access-wildcard', sources: ['kube-linter wildcard-in-rules', 'CIS Kubernetes Benchmark 5.1.3'], kinds: ROLES },
    function* (role) {
      for (const [index, rule] of rulesOf(role).entries())
        for (const field of ['resources', 'verbs'] as const) {
          const path: Path = ['rules', index, field]
          if (listOf(rule[field]).includes('*')) yield { path, values: { field } }
        }
    },
  ),
  objectRule(
    { id: 'lint.access-exec', sources: ['polaris rolePodExecAttach', 'polaris clusterrolePodExecAttach'], kinds: ROLES },
    function* (role) {
      for (const [index, rule] of rulesOf(role).entries())
        if (
          listOf(rule['resources']).some((resource) => resource === 'pods/exec' || resource === 'pods/attach') &&
          includes(rule['verbs'], ['create', 'get'])
        )
          yield { path: ['rules', index, 'resources'], values: {} }
    },
  ),
  objectRule(
    { id: 'lint.scc-privileged', sources: ['kube-linter scc-deny-privileged-container'], kinds: ['SecurityContextConstraints'] },
    function* ({ value }) {
      if (value['allowPrivilegedContainer'] === true) yield { path: ['allowPrivilegedContainer'], values: {} }
    },
  ),
]
