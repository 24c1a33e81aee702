import pc from 'picocolors'
import type { CatalogueLab } from '../../labs/kit/catalogue.ts'
import type { Finding, FindingStatus, Language, Outcome, Verdict } from '../../labs/kit/finding.ts'
import { evidenceLines } from './print-evidence.ts'

const SIGNS = {
  passed: pc.green('✓'),
  failed: pc.red('✗'),
  rejected: pc.red('⊘'),
  exhausted: pc.yellow('⧗'),
  skipped: pc.dim('·'),
  incomplete: pc.yellow('?'),
} as const satisfies Record<FindingStatus, string>

const OUTCOME_WORDS = {
  passed: pc.green('passed'),
  failed: pc.red('failed'),
  exhausted: pc.yellow('exhausted: a limit was reached'),
  rejected: pc.red('rejected: cannot be graded as it stands; costs no try'),
  incomplete: pc.yellow('incomplete: a part could not run here'),
  faulted: pc.red('faulted: our fault; costs nothing'),
} as const satisfies Record<Outcome, string>

/** A verdict as text: every check with its sentences, place and evidence. */
export const printVerdict = (lab: CatalogueLab, verdict: Verdict, language: Language): void => {
  for (const finding of verdict.findings) {
    const title = lab.text[language].checks[finding.check]?.title ?? finding.check
    console.log(`${SIGNS[finding.status]} ${title} ${pc.dim(`${finding.check}, ${finding.tier}, ${Math.round(finding.ms)} ms`)}`)
    for (const line of findingLines(finding, language)) console.log(`    ${line}`)
  }
  const { sandbox, missing, fault } = verdict
  if (missing !== undefined) console.log(`${missing.because} ${missing.fix}`)
  if (fault !== undefined) console.log(`${fault.id} (${fault.code}). ${fault.fix}`)
  console.log(
    `${OUTCOME_WORDS[verdict.outcome]} in ${(verdict.ms / 1000).toFixed(1)} s${sandbox ? pc.dim(` (${sandbox.driver}, isolation: ${sandbox.isolation})`) : ''}`,
  )
}

const findingLines = (finding: Finding, language: Language): string[] => [
  ...(finding.at === undefined
    ? []
    : [pc.bold([finding.at.file, finding.at.line, finding.at.column].filter((part) => part !== undefined).join(':'))]),
  ...[finding.because, finding.expected, finding.actual, finding.hint].filter((text) => text !== undefined).map((text) => text[language]),
  ...(finding.status === 'passed' ? [] : (finding.evidence ?? []).flatMap((piece) => evidenceLines(piece, language))),
]
