import { fieldsOf, listOf } from '../read/manifest.ts'
import { type LintRule, nameOf, objectRule } from './rule.ts'

/** What lets objects into the cluster. */
export const ADMISSION_RULES: readonly LintRule[] = [
  objectRule(
    {
      id: 'lint.webhook-open',
      sources: ['kube-linter webhook-failure-policy-ignore', 'Kubernetes: Admission Webhook Good Practices'],
      kinds: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
    },
    function* ({ value }) {
      for (const [index, webhook] of listOf(value['webhooks']).entries())
        if (fieldsOf(webhook)['failurePolicy'] === 'Ignore')
          yield { path: ['webhooks', index, 'failurePolicy'], values: { webhook: nameOf(webhook) || '?' } }
    },
  ),
  objectRule(
    { id: 'lint.scc-privileged', sources: ['kube-linter scc-deny-privileged-container'], kinds: ['SecurityContextConstraints'] },
    function* ({ value }) {
      if (value['allowPrivilegedContainer'] === true) yield { path: ['allowPrivilegedContainer'], values: {} }
    },
  ),
]
