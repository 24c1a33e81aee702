import type { ContainerOf, PodOf } from '../pod.ts'
import { type Fields, fieldsOf, listOf, textOf } from '../read/manifest.ts'
import { containerRule, type LintOptions, type LintRule, podRule, securityContext } from './rule.ts'

const at = 'securityContext'

/** A setting that a container may make for itself, and otherwise has from its Pod. */
const inherited = (each: ContainerOf, pod: PodOf, field: string): unknown =>
  securityContext(each.container)[field] ?? securityContext(pod.spec)[field]

/** A profile that restrains: there, of a type, and not the one that switches it off. */
const restrains = (profile: unknown): boolean => !['', 'Unconfined'].includes(textOf(fieldsOf(profile)['type']))

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io'
const hasAppArmor = (each: ContainerOf, pod: PodOf): boolean =>
  restrains(inherited(each, pod, 'appArmorProfile')) || !['', 'unconfined'].includes(textOf(pod.annotations[`${APP_ARMOR}/${each.name}`]))

const dropsCapabilities = (container: Fields): boolean => {
  const { drop, add } = fieldsOf(securityContext(container)['capabilities'])
  return listOf(drop).length > 0 && !listOf(add).some((name) => String(name).toUpperCase() === 'ALL')
}

const SECCOMP_ANNOTATIONS = ['seccomp.security.alpha.kubernetes.io/defaultProfileName', 'seccomp.security.alpha.kubernetes.io/pod']

/** Longer than a day. */
const LONG_LIFETIME_SECONDS = 24 * 60 * 60

const idRule = (field: 'runAsUser' | 'runAsGroup', least: (options: LintOptions) => number): LintRule =>
  containerRule(
    { id: 'lint.low-id', sources: ['kube-score Container Security Context User Group ID'], optional: true, init: true },
    function* (each, { pod }, { options }) {
      const given = inherited(each, pod, field)
      if (typeof given !== 'number' || given < least(options))
        yield { path: [...each.path, at, field], values: { field, actual: String(given ?? '-'), least: least(options) } }
    },
  )

/** What the kernel keeps a container from, and how long its token is good for. */
export const HARDENING_RULES: readonly LintRule[] = [
  containerRule({ id: 'lint.unhardened', sources: ['polaris linuxHardening'], optional: true, init: true }, function* (each, { pod }) {
    const hardened =
      hasAppArmor(each, pod) ||
      restrains(inherited(each, pod, 'seccompProfile')) ||
      Object.keys(fieldsOf(inherited(each, pod, 'seLinuxOptions'))).length > 0 ||
      dropsCapabilities(each.container)
    if (!hardened) yield { path: [...each.path, at], values: {} }
  }),
  containerRule({ id: 'lint.no-seccomp', sources: ['kube-score Container Seccomp Profile'], optional: true }, function* (each, { pod }) {
    const annotated = SECCOMP_ANNOTATIONS.some((key) => pod.annotations[key] !== undefined)
    if (!annotated && !restrains(inherited(each, pod, 'seccompProfile'))) yield { path: [...each.path, at, 'seccompProfile'], values: {} }
  }),
  idRule('runAsUser', ({ leastId }) => leastId),
  idRule('runAsGroup', ({ leastId }) => leastId),
  // The Pod's setting holds for init containers too; that each writes it as well is an agreement.
  containerRule(
    { id: 'lint.init-non-root-unwritten', sources: ['kube-linter init-container-security-gap'], optional: true, init: true },
    function* ({ container, path, role }, { pod }) {
      if (role === 'main' || securityContext(pod.spec)['runAsNonRoot'] !== true) return
      if (securityContext(container)['runAsNonRoot'] !== true) yield { path: [...path, at, 'runAsNonRoot'], values: {} }
    },
  ),
  podRule({ id: 'lint.token-lifetime', sources: ['kube-linter projected-token-long-expiration'] }, function* ({ spec, path }) {
    for (const [v, volume] of listOf(spec['volumes']).entries())
      for (const [s, source] of listOf(fieldsOf(fieldsOf(volume)['projected'])['sources']).entries()) {
        const seconds = fieldsOf(fieldsOf(source)['serviceAccountToken'])['expirationSeconds']
        if (typeof seconds === 'number' && seconds > LONG_LIFETIME_SECONDS)
          yield {
            path: [...path, 'spec', 'volumes', v, 'projected', 'sources', s, 'serviceAccountToken', 'expirationSeconds'],
            values: { seconds },
          }
      }
  }),
]
