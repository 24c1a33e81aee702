import type { ManifestFinding, Path } from '../finding.ts'
import { writePath } from '../finding.ts'
import { readDocuments } from './documents.ts'
import { type Manifest, manifestsOf } from './manifest.ts'
import { type Place, placeOf } from './place.ts'

export interface Reading {
  readonly manifests: readonly Manifest[]
  readonly findings: readonly ManifestFinding[]
}

/**
 * Every object in a file of manifests: several documents, lists taken apart, each value with its line and column. Never throws: what
 * cannot be read is a finding, and the documents beside it are still read.
 */
export const readManifests = (file: string, text: string): Reading => {
  const { documents, problems, atOffset } = readDocuments(file, text)
  const findings: ManifestFinding[] = problems.map((problem) => ({ ...problem, level: 'error' }))
  const position = (place: Place, path: Path, want?: 'key' | 'value') => atOffset(placeOf(place, path, want))
  const manifests: Manifest[] = []
  for (const plain of documents) {
    const { objects, strangers } = manifestsOf(plain, position)
    manifests.push(...objects)
    for (const { path, rule } of strangers)
      findings.push({ rule, level: 'error', values: {}, at: position(plain.place, path), path: writePath(path) })
  }
  return { manifests, findings }
}
