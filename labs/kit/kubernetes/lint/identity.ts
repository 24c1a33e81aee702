import type { Manifest } from '../read/manifest.ts'
import { fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { containerRule, type LintRule, nameOf, objectRule, podRule, sameNamespace, type World } from './rule.ts'

const accountOf = (spec: { readonly [key: string]: unknown }): string =>
  textOf(spec['serviceAccountName']) || textOf(spec['serviceAccount']) || 'default'
const findAccount = (world: World, manifest: Manifest, name: string): Manifest | undefined =>
  world.ofKind('ServiceAccount').find((account) => account.name === name && sameNamespace(account, manifest))

/** Names that carry a secret by what they are called. */
const SECRET =
  /secret|passw(or)?d|passphrase|token|bearer|credential|private_?key|access_?key|api_?key|^azure_.+key|_key_content$|auth_?key/i
/** A variable that ends so is mostly a secret as well; a key of a ConfigMap (`sort_key`) mostly is not. */
const SECRET_VARIABLE = /_key$/i
const SECRET_VALUE = /-----BEGIN [A-Z ]*PRIVATE KEY-----/

/** Who a Pod is, and what it is told. */
export const IDENTITY_RULES: readonly LintRule[] = [
  podRule(
    { id: 'lint.token-mounted', sources: ['polaris automountServiceAccountToken', 'kube-linter automount-service-account-token'] },
    function* ({ spec, path }, { manifest }, world) {
      const account = findAccount(world, manifest, accountOf(spec))
      // The Pod's word counts before the account's; silence on both sides mounts it.
      const mounted = spec['automountServiceAccountToken'] ?? account?.value['automountServiceAccountToken'] ?? true
      if (mounted === true) yield { path: [...path, 'spec', 'automountServiceAccountToken'], values: { account: accountOf(spec) } }
    },
  ),
  podRule({ id: 'lint.default-account', sources: ['kube-linter default-service-account'], optional: true }, function* ({ spec, path }) {
    if (accountOf(spec) === 'default') yield { path: [...path, 'spec', 'serviceAccountName'], values: {} }
  }),
  podRule({ id: 'lint.account-field', sources: ['kube-linter deprecated-service-account-field'] }, function* ({ spec, path }) {
    const old = textOf(spec['serviceAccount'])
    if (old !== '' && old !== spec['serviceAccountName'])
      yield { path: [...path, 'spec', 'serviceAccount'], want: 'key', values: { account: old } }
  }),
  podRule(
    { id: 'lint.account-missing', sources: ['kube-linter non-existent-service-account'] },
    function* ({ spec, path }, { manifest }, world) {
      const name = accountOf(spec)
      const field = spec['serviceAccountName'] === undefined ? 'serviceAccount' : 'serviceAccountName'
      if (name !== 'default' && findAccount(world, manifest, name) === undefined)
        yield { path: [...path, 'spec', field], values: { account: name } }
    },
  ),
  containerRule(
    { id: 'lint.env-secret', sources: ['polaris sensitiveContainerEnvVar', 'kube-linter env-var-secret'], init: true },
    function* ({ container, path }) {
      for (const [index, variable] of listOf(container['env']).entries()) {
        const value = textOf(fieldsOf(variable)['value'])
        const name = nameOf(variable)
        if (value !== '' && (SECRET.test(name) || SECRET_VARIABLE.test(name) || SECRET_VALUE.test(value)))
          yield { path: [...path, 'env', index], values: { name } }
      }
    },
  ),
  containerRule(
    { id: 'lint.env-secret-ref', sources: ['kube-linter read-secret-from-env-var'], optional: true, init: true },
    function* ({ container, path }) {
      for (const [index, variable] of listOf(container['env']).entries())
        if (isFields(fieldsOf(fieldsOf(variable)['valueFrom'])['secretKeyRef']))
          yield { path: [...path, 'env', index, 'valueFrom'], values: { name: nameOf(variable) } }
    },
  ),
  objectRule(
    {
      id: 'lint.config-secret',
      sources: ['polaris sensitiveConfigmapContent', 'kube-linter configmap-with-credentials'],
      kinds: ['ConfigMap'],
    },
    function* ({ value }) {
      for (const field of ['data', 'binaryData'] as const)
        for (const [key, content] of Object.entries(fieldsOf(value[field])))
          if (SECRET.test(key) || SECRET_VALUE.test(textOf(content))) yield { path: [field, key], want: 'key', values: { key } }
    },
  ),
  containerRule(
    { id: 'lint.env-twice', sources: ['kube-linter duplicate-env-var', 'kube-score Environment Variable Key Duplication'], init: true },
    function* ({ container, path }) {
      const seen = new Set<string>()
      for (const [index, variable] of listOf(container['env']).entries()) {
        const name = nameOf(variable)
        if (name !== '' && seen.has(name)) yield { path: [...path, 'env', index, 'name'], values: { name } }
        seen.add(name)
      }
    },
  ),
  containerRule(
    { id: 'lint.env-dangling', sources: ['kube-linter env-value-from'], init: true },
    function* ({ container, path }, { manifest }, world) {
      for (const [index, variable] of listOf(container['env']).entries())
        for (const [field, kind] of [
          ['secretKeyRef', 'Secret'],
          ['configMapKeyRef', 'ConfigMap'],
        ] as const) {
          const reference = fieldsOf(fieldsOf(fieldsOf(variable)['valueFrom'])[field])
          const [name, key] = [nameOf(reference), textOf(reference['key'])]
          if (name === '' || reference['optional'] === true) continue
          const source = world.ofKind(kind).find((each) => each.name === name && sameNamespace(each, manifest))
          const keys = ['data', 'stringData', 'binaryData'].flatMap((part) => Object.keys(fieldsOf(source?.value[part])))
          if (keys.includes(key)) continue
          const at = [...path, 'env', index, 'valueFrom', field]
          yield {
            path: [...at, source === undefined ? 'name' : 'key'],
            values: { variable: nameOf(variable), kind, name, key, has: source === undefined ? 'no' : 'yes' },
          }
        }
    },
  ),
]
