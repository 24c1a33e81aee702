import type { Path } from '../finding.ts'
import { type Fields, listOf } from '../read/manifest.ts'
import type { LintId } from '../text/lint.ts'
import { allowsExec, includes, isOfTheCluster, RBAC_GROUP, ROLES, rulesOf } from './rbac.ts'
import { type LintRule, labelsOf, objectRule } from './rule.ts'

/** A rule that looks at one rule of a role after the other. */
const roleRule = (
  head: Pick<LintRule, 'id' | 'sources' | 'optional'> & { readonly kinds?: readonly string[] },
  looksBad: (rule: Fields) => boolean,
  field: 'resources' | 'verbs',
): LintRule =>
  objectRule({ kinds: ROLES, ...head }, function* (role) {
    for (const [index, rule] of rulesOf(role).entries()) if (looksBad(rule)) yield { path: ['rules', index, field], values: {} }
  })

/** A verb that RBAC itself treats as a power of its own, on the resources it means something for. */
const powerRule = (
  id: LintId,
  check: string,
  verb: string,
  groups: readonly string[],
  resources: readonly string[],
  named: 'named' | 'any',
): LintRule =>
  roleRule(
    { id, sources: [`kube-linter ${check}`, 'Kubernetes: Role Based Access Control Good Practices'] },
    (rule) =>
      includes(rule['apiGroups'], groups) &&
      includes(rule['resources'], resources) &&
      includes(rule['verbs'], [verb]) &&
      (named === 'any' || listOf(rule['resourceNames']).length === 0),
    'verbs',
  )

const AGGREGATED = ['admin', 'edit', 'view'].map((role) => `${RBAC_GROUP}/aggregate-to-${role}`)
const PRIVILEGED = ['secrets', 'roles', 'clusterroles', 'clusterrolebindings']
const WORTH_KEEPING = ['secrets', 'pods', 'deployments', 'configmaps', 'namespaces']

/** What roles allow. */
export const ROLE_RULES: readonly LintRule[] = [
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
  // Optional, as lint.access-wildcard says the same of its two halves.
  roleRule(
    { id: 'lint.role-everything', sources: ['kube-linter wildcard-resource-verb-combo'], kinds: ['ClusterRole'], optional: true },
    (rule) => includes(rule['apiGroups'], ['']) && listOf(rule['resources']).includes('*') && listOf(rule['verbs']).includes('*'),
    'verbs',
  ),
  objectRule(
    { id: 'lint.access-exec', sources: ['polaris rolePodExecAttach', 'polaris clusterrolePodExecAttach'], kinds: ROLES },
    function* (role) {
      if (isOfTheCluster(role)) return
      for (const [index, rule] of rulesOf(role).entries()) if (allowsExec(rule)) yield { path: ['rules', index, 'resources'], values: {} }
    },
  ),
  powerRule('lint.verb-escalate', 'escalate-verb-in-role', 'escalate', [RBAC_GROUP], ['roles', 'clusterroles'], 'any'),
  powerRule('lint.verb-bind', 'bind-verb-in-role', 'bind', [RBAC_GROUP], ['roles', 'clusterroles'], 'any'),
  powerRule(
    'lint.verb-impersonate',
    'impersonate-without-resource-names',
    'impersonate',
    ['', 'authentication.k8s.io'],
    ['users', 'groups', 'serviceaccounts', 'uids'],
    'named',
  ),
  powerRule('lint.verb-approve', 'approve-signers-without-resource-names', 'approve', ['certificates.k8s.io'], ['signers'], 'named'),
  objectRule({ id: 'lint.verb-delete-collection', sources: ['kube-linter deletecollection-verb-in-role'], kinds: ROLES }, function* (role) {
    for (const [index, rule] of rulesOf(role).entries()) {
      const resource = listOf(rule['resources']).find((each) => each === '*' || WORTH_KEEPING.includes(String(each)))
      // A verb that is `*` is said by lint.access-wildcard; this one was written with its name.
      if (resource !== undefined && listOf(rule['verbs']).includes('deletecollection'))
        yield { path: ['rules', index, 'verbs'], values: { resource: String(resource) } }
    }
  }),
  objectRule(
    { id: 'lint.aggregated-power', sources: ['kube-linter aggregate-to-admin-escalation'], kinds: ['ClusterRole'] },
    function* (role) {
      const label = AGGREGATED.find((key) => labelsOf(role)[key] === 'true')
      if (label === undefined) return
      for (const [index, rule] of rulesOf(role).entries()) {
        const resource = listOf(rule['resources']).find((each) => each === '*' || PRIVILEGED.includes(String(each)))
        if (
          resource !== undefined &&
          includes(rule['apiGroups'], ['', RBAC_GROUP]) &&
          includes(rule['verbs'], ['create', 'update', 'delete', 'patch'])
        )
          yield { path: ['rules', index, 'verbs'], values: { label, resource: String(resource) } }
      }
    },
  ),
]
