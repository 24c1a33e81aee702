import { fieldsOf, textOf } from '../read/manifest.ts'
import type { LintId } from '../text/lint.ts'
import { allowsExec, BINDINGS, boundRole, boundRules, includes, isBuiltInRole, isEverything, isOfTheCluster, rulesOf } from './rbac.ts'
import { type LintRule, nameOf, objectRule } from './rule.ts'

const grants = (
  id: LintId,
  sources: readonly string[],
  resources: readonly string[],
  verbs: readonly string[],
  kinds: readonly string[] = BINDINGS,
): LintRule =>
  objectRule({ id, sources, kinds, optional: true }, function* (binding, world) {
    if (boundRules(binding, world).some((rule) => includes(rule['resources'], resources) && includes(rule['verbs'], verbs)))
      yield { path: ['roleRef', 'name'], values: { role: nameOf(binding.value['roleRef']) } }
  })

/** Where commands in running Pods are allowed by a binding depends on what binds, and what is bound. */
const execRule = (id: LintId, check: string, bindingKind: string, roleKind: string): LintRule =>
  objectRule({ id, sources: [`polaris ${check}`], kinds: [bindingKind], optional: true }, function* (binding, world) {
    const reference = fieldsOf(binding.value['roleRef'])
    const role = nameOf(reference)
    if (isOfTheCluster(binding) || reference['kind'] !== roleKind) return
    const rules = boundRole(binding, world)
    const allowed = rules === undefined ? roleKind === 'ClusterRole' && EXEC_ROLES.includes(role) : rulesOf(rules).some(allowsExec)
    if (allowed) yield { path: ['roleRef', 'name'], values: { role } }
  })
/** The roles of every cluster that allow it. Source: Kubernetes documentation, "Using RBAC Authorization", user-facing roles. */
const EXEC_ROLES = ['cluster-admin', 'admin', 'edit']

const EXEC = {
  'lint.access-exec-everywhere': ['clusterrolebindingPodExecAttach', 'ClusterRoleBinding', 'ClusterRole'],
  'lint.access-exec-bound': ['rolebindingRolePodExecAttach', 'RoleBinding', 'Role'],
  'lint.access-exec-borrowed': ['rolebindingClusterRolePodExecAttach', 'RoleBinding', 'ClusterRole'],
} as const satisfies Partial<Record<LintId, readonly [check: string, bindingKind: string, roleKind: string]>>

/** What bindings hand out. */
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
  grants(
    'lint.access-secrets-everywhere',
    ['kube-linter cluster-wide-secrets-access', 'CIS Kubernetes Benchmark 5.1.2'],
    ['secrets'],
    ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
    ['ClusterRoleBinding'],
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
      if (isOfTheCluster(binding)) return
      if (role === 'cluster-admin' || boundRules(binding, world).some(isEverything)) yield { path: ['roleRef', 'name'], values: { role } }
    },
  ),
  // Said of one's own roles already, by lint.access-exec.
  ...Object.entries(EXEC).map(([id, [check, bindingKind, roleKind]]) => execRule(id as LintId, check, bindingKind, roleKind)),
  objectRule(
    { id: 'lint.role-missing', sources: Object.values(EXEC).map(([check]) => `polaris ${check}`), kinds: BINDINGS },
    function* (binding, world) {
      const reference = fieldsOf(binding.value['roleRef'])
      if (isOfTheCluster(binding) || isBuiltInRole(binding) || nameOf(reference) === '') return
      if (boundRole(binding, world) === undefined)
        yield { path: ['roleRef', 'name'], values: { kind: textOf(reference['kind']) || '?', role: nameOf(reference) } }
    },
  ),
]
