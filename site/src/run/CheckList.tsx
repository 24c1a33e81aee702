import type { At, Language } from '../../../labs/kit/finding.ts'
import { Icon, type IconName } from '../ui/Icon.tsx'
import { Inline } from '../ui/Prose.tsx'
import type { Words } from '../words.ts'
import { FindingView } from './FindingView.tsx'
import { countOf, type Run, type RunCheck } from './state.ts'

export type GoTo = (at: At) => void

interface CheckListProps {
  readonly run: Run
  readonly language: Language
  readonly words: Words
  readonly titleOf: (check: RunCheck) => string
  readonly goTo: GoTo
}

/** Every check with what became of it; the first that failed lies open with its picture. */
export const CheckList = ({ run, language, words, titleOf, goTo }: CheckListProps) => {
  const { firstFailed } = countOf(run)
  return (
    <ol class="checks">
      {run.checks.map((check) => {
        const { sign, word } = signOf(check, words)
        const { finding } = check
        return (
          <li key={check.check} class="check" data-status={finding?.status ?? (check.running ? 'running' : 'open')} data-check={check.check}>
            <div class="check-head">
              <Icon name={sign} />
              <h4>
                <Inline text={titleOf(check)} />
              </h4>
              <span class="word">{word}</span>
              <span class="ms">{finding && finding.status !== 'skipped' ? words.run.duration(finding.ms) : ''}</span>
            </div>
            {finding && <FindingView finding={finding} first={check === firstFailed} language={language} words={words} goTo={goTo} />}
          </li>
        )
      })}
    </ol>
  )
}

const signOf = ({ finding, running }: RunCheck, words: Words): { sign: IconName; word: string } => {
  if (finding) return { sign: finding.status, word: words.run.statuses[finding.status] }
  return running ? { sign: 'running', word: words.run.running } : { sign: 'open', word: words.run.open }
}
