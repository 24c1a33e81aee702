import { toFinding } from '../check.ts'
import type { ManifestFinding } from '../finding.ts'
import type { Manifest } from '../read/manifest.ts'
import type { LintId } from '../text/lint.ts'
import { ACCESS_RULES } from './access.ts'
import { ADMISSION_RULES } from './admission.ts'
import { DISRUPTION_RULES } from './disruption.ts'
import { GATEWAY_RULES } from './gateway.ts'
import { HARDENING_RULES } from './hardening.ts'
import { HOUSE_RULES } from './house.ts'
import { IDENTITY_RULES } from './identity.ts'
import { IMAGE_RULES } from './images.ts'
import { MOUNT_RULES } from './mounts.ts'
import { NETWORK_RULES } from './network.ts'
import { HOST_RULES, PRIVILEGE_RULES } from './privileges.ts'
import { PROBE_RULES } from './probes.ts'
import { RESOURCE_RULES } from './resources.ts'
import { ROLE_RULES } from './roles.ts'
import { type LintOptions, type LintRule, newWorld } from './rule.ts'
import { SCHEDULING_RULES } from './scheduling.ts'

/** Every lint rule. Several entries of one id are one rule asked in several places. */
export const LINT_RULES: readonly LintRule[] = [
  ...HOST_RULES,
  ...PRIVILEGE_RULES,
  ...HARDENING_RULES,
  ...MOUNT_RULES,
  ...IDENTITY_RULES,
  ...ACCESS_RULES,
  ...ROLE_RULES,
  ...ADMISSION_RULES,
  ...IMAGE_RULES,
  ...PROBE_RULES,
  ...RESOURCE_RULES,
  ...SCHEDULING_RULES,
  ...DISRUPTION_RULES,
  ...NETWORK_RULES,
  ...GATEWAY_RULES,
  ...HOUSE_RULES,
]

export const DEFAULT_OPTIONS: LintOptions = {
  minimumReplicas: 3,
  maximumReplicas: 100,
  leastId: 10_000,
  priorityClasses: ['system-cluster-critical', 'system-node-critical'],
  ndots: '2',
  memoryLimit: ['100Mi', '6G'],
  cpuLimit: ['100m', '2'],
  requiredAnnotations: { email: /^[^@\s]+@[^@\s]+\.[^@\s]+$/ },
  requiredLabels: ['owner'],
  forbiddenAnnotations: {},
  claimAnnotations: [],
}

/**
 * What is accepted and still unwise, about objects that are applied together. Without `rules`, those that are not a matter of taste;
 * with them, exactly those. Objects that an API server would refuse are looked at all the same.
 */
export const lintManifests = (
  manifests: readonly Manifest[],
  { rules, ...options }: { readonly rules?: readonly LintId[] } & Partial<LintOptions> = {},
): ManifestFinding[] => {
  const world = newWorld(manifests, { ...DEFAULT_OPTIONS, ...options })
  return LINT_RULES.filter(({ id, optional }) => (rules === undefined ? !optional : rules.includes(id))).flatMap((rule) =>
    [...rule.run(world)].map(({ manifest, ...complaint }) => toFinding(manifest, complaint, 'warning')),
  )
}
