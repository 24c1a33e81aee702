import { textOf } from '../read/manifest.ts'
import { containerRule, type LintRule } from './rule.ts'

/** What comes after the last colon of the last part: empty for none, undefined where a digest says more than a tag can. */
const tagOf = (image: string): string | undefined => {
  if (image.includes('@')) return undefined
  const last = image.slice(image.lastIndexOf('/') + 1)
  return last.includes(':') ? last.slice(last.indexOf(':') + 1) : ''
}

export const IMAGE_RULES: readonly LintRule[] = [
  containerRule(
    { id: 'lint.image-tag', sources: ['polaris tagNotSpecified', 'kube-linter latest-tag', 'kube-score Container Image Tag'], init: true },
    function* ({ container, path }) {
      const image = textOf(container['image'])
      const tag = tagOf(image)
      if (image !== '' && (tag === '' || tag === 'latest')) yield { path: [...path, 'image'], values: { image } }
    },
  ),
  containerRule(
    { id: 'lint.pull-policy', sources: ['kube-score Container Image Pull Policy'], optional: true, init: true },
    function* ({ container, path }) {
      const tag = tagOf(textOf(container['image']))
      // Without a policy Kubernetes decides by the tag.
      const policy = textOf(container['imagePullPolicy']) || (tag === '' || tag === 'latest' ? 'Always' : 'IfNotPresent')
      if (policy !== 'Always') yield { path: [...path, 'imagePullPolicy'], values: { policy } }
    },
  ),
  containerRule(
    { id: 'lint.pull-policy-unwritten', sources: ['polaris pullPolicyNotAlways'], optional: true, init: true },
    function* ({ container, path }) {
      if (container['imagePullPolicy'] !== 'Always') yield { path: [...path, 'imagePullPolicy'], values: {} }
    },
  ),
  containerRule(
    { id: 'lint.image-digest', sources: ['kube-linter image-not-pinned-by-digest', 'kube-linter image-sha'], optional: true, init: true },
    function* ({ container, path }) {
      const image = textOf(container['image'])
      if (image !== '' && !/@sha(256|512):/.test(image)) yield { path: [...path, 'image'], values: { image } }
    },
  ),
]
