import { describe, expect, test } from 'vitest'
import { found, type Json } from './lint-fixtures.ts'

const RBAC = 'rbac.authorization.k8s.io'
type Rule = readonly [groups: string, resources: string, verbs: string, names?: string]

/** A role, its rules written as words apart: `['', 'pods secrets', 'get list']`. */
const role = (kind: 'Role' | 'ClusterRole', name: string, rules: readonly Rule[], metadata: Json = {}): Json => ({
  apiVersion: `${RBAC}/v1`,
  kind,
  metadata: { name, ...metadata },
  rules: rules.map(([groups, resources, verbs, names]) => ({
    apiGroups: groups.split(' '),
    resources: resources.split(' '),
    verbs: verbs.split(' '),
    ...(names === undefined ? {} : { resourceNames: [names] }),
  })),
})
const binding = (kind: 'RoleBinding' | 'ClusterRoleBinding', roleKind: string, roleName: string, metadata: Json = {}): Json => ({
  apiVersion: `${RBAC}/v1`,
  kind,
  metadata: { name: 'deployers', ...metadata },
  roleRef: { apiGroup: RBAC, kind: roleKind, name: roleName },
  subjects: [{ kind: 'Group', apiGroup: RBAC, name: 'deployers' }],
})
const bound = (rule: Rule): Json[] => [role('ClusterRole', 'deploy', [rule]), binding('ClusterRoleBinding', 'ClusterRole', 'deploy')]

describe('everything is every group, every resource and every verb', () => {
  test.each<[rule: Rule, findings: number]>([
    [['*', '*', '*'], 1],
    [['*', '*', 'delete patch update create watch list get'], 1],
    [['', '*', '*'], 0],
    [['*', 'pods', '*'], 0],
    [['*', '*', 'get list watch'], 0],
  ])('%j', (rule, findings) => {
    expect(found(bound(rule), ['lint.cluster-admin'])).toHaveLength(findings)
  })

  test('what the cluster binds itself is its own affair', () => {
    const own = binding('ClusterRoleBinding', 'ClusterRole', 'cluster-admin', { name: 'system:masters' })
    expect(found([own], ['lint.cluster-admin'])).toEqual([])
    expect(found([binding('ClusterRoleBinding', 'ClusterRole', 'cluster-admin')], ['lint.cluster-admin'])).toHaveLength(1)
  })
})

describe('commands in running Pods', () => {
  test.each<[rule: Rule, findings: number]>([
    [['', 'pods/exec', 'create'], 1],
    [['', 'pods/attach', 'get'], 1],
    [['*', '*', 'create'], 1],
    [['', 'pods/exec', 'list'], 0],
    [['', 'pods pods/log', 'get create'], 0],
    [['apps', 'pods/exec', 'create'], 0],
  ])('%j', (rule, findings) => {
    expect(found([role('Role', 'debug', [rule])], ['lint.access-exec'])).toHaveLength(findings)
    expect(found(bound(rule), ['lint.access-exec-everywhere'])).toHaveLength(findings)
  })

  test('a binding is asked for where it reaches', () => {
    const rules = ['lint.access-exec-everywhere', 'lint.access-exec-bound', 'lint.access-exec-borrowed'] as const
    const exec: Rule = ['', 'pods/exec', 'create']
    const shop = { namespace: 'shop' }
    expect(found([role('Role', 'debug', [exec], shop), binding('RoleBinding', 'Role', 'debug', shop)], rules)).toEqual([
      'lint.access-exec-bound',
    ])
    expect(found([role('ClusterRole', 'debug', [exec]), binding('RoleBinding', 'ClusterRole', 'debug', shop)], rules)).toEqual([
      'lint.access-exec-borrowed',
    ])
    expect(found([binding('RoleBinding', 'ClusterRole', 'edit', shop)], rules)).toEqual(['lint.access-exec-borrowed'])
    expect(found([binding('RoleBinding', 'ClusterRole', 'view', shop)], rules)).toEqual([])
  })
})

test('a binding to a role that is not there hangs in the void; one to a role of every cluster does not', () => {
  const missing = (objects: readonly Json[]): number => found(objects, ['lint.role-missing']).length
  expect(missing([binding('ClusterRoleBinding', 'ClusterRole', 'gone')])).toBe(1)
  expect(missing([role('Role', 'read', [['', 'pods', 'get']]), binding('RoleBinding', 'Role', 'read', { namespace: 'shop' })])).toBe(1)
  expect(missing([role('Role', 'read', [['', 'pods', 'get']]), binding('RoleBinding', 'Role', 'read', { namespace: 'default' })])).toBe(0)
  expect(missing([binding('RoleBinding', 'ClusterRole', 'view', { namespace: 'shop' })])).toBe(0)
  expect(missing([binding('RoleBinding', 'Role', 'extension-apiserver-authentication-reader', { namespace: 'kube-system' })])).toBe(0)
  expect(missing([binding('RoleBinding', 'Role', 'extension-apiserver-authentication-reader', { namespace: 'shop' })])).toBe(1)
})

describe('verbs that are powers of their own', () => {
  test.each([
    ['lint.verb-escalate', [RBAC, 'roles', 'escalate'], [RBAC, 'roles', 'get update']],
    ['lint.verb-bind', [RBAC, 'clusterroles', 'bind'], [RBAC, 'rolebindings', 'create']],
    ['lint.verb-impersonate', ['', 'users groups', 'impersonate'], ['', 'users', 'impersonate', 'jane']],
    ['lint.verb-approve', ['certificates.k8s.io', 'signers', 'approve'], ['certificates.k8s.io', 'signers', 'approve', 'example.com/ours']],
    ['lint.verb-delete-collection', ['', 'secrets', 'deletecollection'], ['', 'secrets', 'delete']],
    ['lint.role-everything', ['*', '*', '*'], ['*', '*', 'get']],
  ] as const satisfies readonly (readonly [string, Rule, Rule])[])('%s', (rule, bad, good) => {
    expect(found([role('ClusterRole', 'a', [bad])], [rule])).toEqual([rule])
    expect(found([role('ClusterRole', 'a', [good])], [rule])).toEqual([])
  })

  test('a rule that is aggregated is everybody’s', () => {
    const labels = { labels: { [`${RBAC}/aggregate-to-edit`]: 'true' } }
    const secrets: Rule = ['', 'secrets', 'create']
    expect(found([role('ClusterRole', 'a', [secrets], labels)], ['lint.aggregated-power'])).toHaveLength(1)
    expect(found([role('ClusterRole', 'a', [secrets])], ['lint.aggregated-power'])).toEqual([])
    expect(found([role('ClusterRole', 'a', [['shop.example', 'orders', 'create']], labels)], ['lint.aggregated-power'])).toEqual([])
  })

  test('Secrets of one namespace are not those of all', () => {
    const secrets = role('ClusterRole', 'read', [['', 'secrets', 'get']])
    const everywhere = binding('ClusterRoleBinding', 'ClusterRole', 'read')
    const here = binding('RoleBinding', 'ClusterRole', 'read', { namespace: 'shop' })
    expect(found([secrets, everywhere], ['lint.access-secrets-everywhere'])).toHaveLength(1)
    expect(found([secrets, here], ['lint.access-secrets-everywhere'])).toEqual([])
  })
})

test('a webhook that fails open is found, one that fails closed is not', () => {
  const webhook = (failurePolicy?: string): Json => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'defaults' },
    webhooks: [{ name: 'defaults.shop.example', ...(failurePolicy === undefined ? {} : { failurePolicy }) }],
  })
  expect(found([webhook('Ignore')], ['lint.webhook-open'])).toHaveLength(1)
  expect(found([webhook(), webhook('Fail')], ['lint.webhook-open'])).toEqual([])
})
