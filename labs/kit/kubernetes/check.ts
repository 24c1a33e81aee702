import { apiComplaints } from './apis/check-api.ts'
import type { Complaint } from './complaint.ts'
import { type Level, type ManifestFinding, writePath } from './finding.ts'
import type { Manifest } from './read/manifest.ts'
import { type Reading, readManifests } from './read/read.ts'
import { kindComplaints } from './refuse/kinds.ts'
import { metadataComplaints } from './refuse/metadata.ts'
import { podComplaints } from './refuse/pod.ts'
import { windowsComplaints } from './refuse/windows.ts'
import { fieldComplaints } from './schema/fields.ts'
import { schemaErrors } from './schema/validator.ts'

/**
 * Reads files of manifests and says everything an API server of today would refuse, each with its file, line and column. Never
 * throws. Lint rules are asked separately: `lintManifests(reading.manifests)`.
 */
export const checkManifests = (files: Readonly<Record<string, string>>): Reading => {
  const manifests: Manifest[] = []
  const findings: ManifestFinding[] = []
  for (const [file, text] of Object.entries(files)) {
    const reading = readManifests(file, text)
    manifests.push(...reading.manifests)
    findings.push(...reading.findings, ...reading.manifests.flatMap(refusals))
  }
  return { manifests, findings }
}

/** What an API server refuses about one object. */
export const refusals = (manifest: Manifest): ManifestFinding[] => {
  const { apiVersion, kind, value } = manifest
  const api = apiComplaints(manifest)
  const findings = api.map((complaint) => toFinding(manifest, complaint, complaint.level))
  if (api.some(({ level }) => level !== 'warning')) return [...findings, ...inAnyVersion(manifest, api)]
  const complaints = [
    ...fieldComplaints(schemaErrors(apiVersion, kind, value) ?? [], value).map((complaint) => ({
      ...complaint,
      level: levelOf(complaint),
    })),
    ...[...metadataComplaints(manifest), ...podComplaints(manifest), ...windowsComplaints(manifest), ...kindComplaints(manifest)].map(
      (complaint) => ({
        ...complaint,
        level: 'refused' as const,
      }),
    ),
  ]
  return [...findings, ...withoutRepeats(complaints).map((complaint) => toFinding(manifest, complaint, complaint.level))]
}

/**
 * An old version has other fields, and its schema is not known here. A Pod is the same in every version: what is wrong with it would
 * be found as the next thing after the version.
 */
const inAnyVersion = (manifest: Manifest, api: readonly Complaint[]): ManifestFinding[] =>
  api.some(({ rule }) => rule === 'api.replaced')
    ? withoutRepeats([...metadataComplaints(manifest), ...podComplaints(manifest), ...windowsComplaints(manifest)]).map((complaint) =>
        toFinding(manifest, complaint, 'refused'),
      )
    : []

/** Choices are text to the API's schema; that only some are taken is the validation's affair. */
const levelOf = ({ rule }: Complaint): Level => (rule === 'field.choice' ? 'refused' : 'error')

export const toFinding = (manifest: Manifest, { rule, path, values, want }: Complaint, level: Level): ManifestFinding => ({
  rule,
  level,
  values,
  at: manifest.at(path, want),
  object: manifest.title,
  path: writePath(path),
})

/** The schema and a rule may see the same mistake: the first to say so is enough. */
const withoutRepeats = <C extends Complaint>(complaints: readonly C[]): C[] => {
  const seen = new Set<string>()
  return complaints.filter(({ path }) => {
    const key = JSON.stringify(path)
    return !seen.has(key) && seen.add(key)
  })
}
