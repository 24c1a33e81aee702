import { LineCounter, parseAllDocuments } from 'yaml'
import type { ManifestFinding, Path } from '../finding.ts'
import { writePath } from '../finding.ts'
import { type Manifest, manifestsOf } from './manifest.ts'
import { type Place, placeOf } from './place.ts'
import { BOUNDS, type Problem, toPlain } from './plain.ts'
import { syntaxRule } from './syntax.ts'

export interface Reading {
  readonly manifests: readonly Manifest[]
  readonly findings: readonly ManifestFinding[]
}

/** Characters of one file that are read at all. */
const MOST_CHARACTERS = 128_000
const MOST_DOCUMENTS = 500
/** The parser's own recursion; the bound on what a document means is `BOUNDS.depth`. */
const DEEPEST_BRACKETS = 200

/**
 * Every object in a file of manifests: several documents, lists taken apart, each value with its line and column. Never throws: what
 * cannot be read is a finding, and the documents beside it are still read.
 */
export const readManifests = (file: string, text: string): Reading => {
  const lines = new LineCounter()
  const findings: ManifestFinding[] = []
  const atOffset = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const report = ({ rule, offset, values }: Problem, level: 'error' | 'unknown' = 'error'): void => {
    // An offset among the values is a place in this file: the reader wants its line.
    const first = values['first']
    findings.push({
      rule,
      level,
      values: typeof first === 'number' ? { ...values, first: atOffset(first).line } : values,
      at: atOffset(offset),
    })
  }
  if (text.length > MOST_CHARACTERS) {
    report({ rule: 'yaml.too-long', offset: 0, values: { allowed: MOST_CHARACTERS } })
    return { manifests: [], findings }
  }
  if ((text.match(/^---/gm)?.length ?? 0) > MOST_DOCUMENTS) {
    report({ rule: 'yaml.too-many', offset: 0, values: { allowed: MOST_DOCUMENTS } })
    return { manifests: [], findings }
  }
  const tooDeep = deepBracket(text)
  if (tooDeep !== undefined) {
    lines.addNewLine(0)
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
    report({ rule: 'yaml.too-deep', offset: tooDeep, values: { allowed: DEEPEST_BRACKETS } })
    return { manifests: [], findings }
  }
  // `failsafe`: every scalar arrives as text, because Kubernetes and YAML 1.2 disagree on what text means.
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  if (!Array.isArray(parsed)) return { manifests: [], findings }
  const manifests: Manifest[] = []
  for (const document of parsed) {
    if (document.errors.length > 0) {
      const [error] = document.errors
      if (error !== undefined)
        report({ rule: syntaxRule(error), offset: error.pos[0], values: { says: error.message, allowed: BOUNDS.depth } })
      continue
    }
    const problems: Problem[] = []
    const plain = toPlain(document, problems)
    for (const problem of problems) report(problem)
    if (plain === undefined || plain.value === null) continue
    const position = (place: Place, path: Path, want?: 'key' | 'value') => atOffset(placeOf(place, path, want))
    const { objects, strangers } = manifestsOf(plain, position)
    manifests.push(...objects)
    for (const { path, rule } of strangers)
      findings.push({ rule, level: 'error', values: {}, at: position(plain.place, path), path: writePath(path) })
  }
  return { manifests, findings }
}

/** Where brackets are opened more often without being closed than any text needs. Strings and comments count too: it is a guard. */
const deepBracket = (text: string): number | undefined => {
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index)
    if (char === 0x5b || char === 0x7b) {
      depth += 1
      if (depth > DEEPEST_BRACKETS) return index
    } else if ((char === 0x5d || char === 0x7d) && depth > 0) depth -= 1
  }
  return undefined
}
