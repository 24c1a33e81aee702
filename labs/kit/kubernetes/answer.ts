import { type Answer, fail, reject } from '../finding.ts'
import { checkManifests } from './check.ts'
import type { ManifestFinding } from './finding.ts'
import type { Reading } from './read/read.ts'
import { commonName } from './text/common.ts'

/**
 * A finding as a check's answer, with the kit's own sentences. What cannot be read is `rejected` and costs no try; what an API server
 * refuses, and what is unwise, is `failed`.
 */
export const answerOf = (finding: ManifestFinding): Answer => {
  const { rule, level, values, at } = finding
  const say = level === 'error' ? reject : fail
  return say(commonName(rule), values, { at })
}

/** The manifests of a learner's files, or the answer to give when an API server would refuse them. */
export const acceptedManifests = (files: Readonly<Record<string, string>>): { readonly reading: Reading } | { readonly answer: Answer } => {
  const reading = checkManifests(files)
  const first = reading.findings.find(({ level }) => level === 'error' || level === 'refused')
  return first === undefined ? { reading } : { answer: answerOf(first) }
}
