/** What an image was built for, or what a node runs. `build`: `10.0.17763`, of Windows only. */
export interface System {
  readonly os: string
  readonly build?: string
}

/**
 * Builds whose nodes start an image of another build in process isolation, by the image's. Everywhere else the two must be equal.
 *
 * Source: Microsoft, "Windows container version compatibility", the table, 2026-08-07 (`windows-process-isolation` in content/facts.yaml).
 */
const ALSO_ON: Readonly<Record<string, readonly string[]>> = { '10.0.20348': ['10.0.26100'] }

/** Version, minor and build of what a registry says, without the revision: from 1809 on that may differ. */
export const buildOf = (osVersion: string): string => osVersion.split('.').slice(0, 3).join('.')

/** What keeps an image from starting on a node, where Kubernetes starts everything in process isolation. */
export const obstacle = (image: System, node: System): 'os' | 'build' | undefined => {
  if (image.os !== node.os) return 'os'
  if (image.os !== 'windows' || image.build === node.build) return undefined
  return ALSO_ON[image.build ?? '']?.includes(node.build ?? '') === true ? undefined : 'build'
}
