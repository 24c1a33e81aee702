import pc from 'picocolors'
import type { CatalogueLab } from '../../labs/kit/catalogue.ts'
import type { FindingStatus, Language, Outcome, Verdict } from '../../labs/kit/finding.ts'
import { type PresentedFinding, presentVerdict } from '../http/present.ts'
import { evidenceLines } from './print-evidence.ts'
import { CLI_WORDS } from './words.ts'

const SIGNS = {
  passed: pc.green('✓'),
  failed: pc.red('✗'),
  rejected: pc.red('⊘'),
  exhausted: pc.yellow('⧗'),
  skipped: pc.dim('·'),
  incomplete: pc.yellow('?'),
} as const satisfies Record<FindingStatus, string>

const COLOURS = {
  passed: pc.green,
  failed: pc.red,
  exhausted: pc.yellow,
  rejected: pc.red,
  incomplete: pc.yellow,
  faulted: pc.red,
} as const satisfies Record<Outcome, (text: string) => string>

/** A verdict as text: every check with its sentences, place and evidence. */
export const printVerdict = (lab: CatalogueLab, verdict: Verdict, language: Language): void => {
  const { outcome, findings, ms, sandbox, missing, fault } = presentVerdict(verdict, language)
  for (const finding of findings) {
    const title = lab.text[language].checks[finding.check]?.title ?? finding.check
    console.log(`${SIGNS[finding.status]} ${title} ${pc.dim(`${finding.check}, ${finding.tier}, ${Math.round(finding.ms)} ms`)}`)
    for (const line of findingLines(finding, language)) console.log(`    ${line}`)
  }
  if (missing !== undefined) console.log(`${missing.because} ${missing.fix}`)
  if (fault !== undefined) console.log(`${fault.id} (${fault.code}). ${fault.fix}`)
  const words = CLI_WORDS[language]
  const place = sandbox === undefined ? '' : pc.dim(` (${sandbox.driver}, isolation: ${sandbox.isolation})`)
  console.log(`${COLOURS[outcome](words.outcomes[outcome])} ${words.took((ms / 1000).toFixed(1))}${place}`)
}

const findingLines = (finding: PresentedFinding, language: Language): string[] => [
  ...(finding.at === undefined
    ? []
    : [pc.bold([finding.at.file, finding.at.line, finding.at.column].filter((part) => part !== undefined).join(':'))]),
  ...[finding.because, finding.expected, finding.actual, finding.hint].filter((text) => text !== undefined),
  ...(finding.status === 'passed' ? [] : (finding.evidence ?? []).flatMap((piece) => evidenceLines(piece, language))),
]
