import type { Evidence } from '../../labs/kit/evidence.ts'
import type { Finding, Localized } from '../../labs/kit/finding.ts'

/** What a finding may hold of a program's own words: enough to see what is the matter, never megabytes. */
const MOST = { lines: 300, lineCharacters: 1000, textCharacters: 20_000 } as const

/**
 * The finding as every store can keep it and every reader show it: no zero character and no half of a surrogate pair, which a
 * program may print and a database refuses; of a long log the part around its points. Pure.
 */
export const storable = (finding: Finding): Finding =>
  clean(finding.evidence === undefined ? finding : { ...finding, evidence: finding.evidence.map(shorter) }) as Finding

const shorter = (evidence: Evidence<Localized>): Evidence<Localized> => {
  if (evidence.kind !== 'log') return evidence
  const { lines, points = [] } = evidence
  const cut = lines.map((line) => ({ ...line, text: shortened(line.text, MOST.lineCharacters) }))
  if (lines.length <= MOST.lines) return { ...evidence, lines: cut }
  const around = points[0] ?? lines.length - 1
  const first = Math.min(Math.max(0, around - MOST.lines / 2), lines.length - MOST.lines)
  const kept = points.map((point) => point - first).filter((point) => point >= 0 && point < MOST.lines)
  return { ...evidence, lines: cut.slice(first, first + MOST.lines), ...(evidence.points && { points: kept }) }
}

const shortened = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most)}… +${text.length - most}`)

const clean = (value: unknown): unknown => {
  if (typeof value === 'string') return shortened(value, MOST.textCharacters).replaceAll('\0', '␀').toWellFormed()
  if (Array.isArray(value)) return value.map(clean)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clean(each)]))
  return value
}
