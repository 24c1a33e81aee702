import type { At, FindingStatus, Language } from '../../../labs/kit/finding.ts'
import type { PresentedFinding } from '../../../runner/http/present.ts'
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
  const proved = run.verdict?.outcome === 'passed'
  return (
    <ol class="checks">
      {run.checks.map((check) => {
        const { sign, word } = signOf(check, run.phase === 'done', words)
        const { finding } = check
        return (
          <li
            key={check.check}
            class="check"
            data-status={finding?.status ?? (check.running ? 'running' : 'open')}
            data-check={check.check}
          >
            {finding ? (
              <details open={!quiet.includes(finding.status) || proved}>
                <summary class="check-head">
                  <Head sign={sign} title={titleOf(check)} word={word} took={tookOf(finding, words)} />
                </summary>
                <FindingView finding={finding} first={check === firstFailed} language={language} words={words} goTo={goTo} />
              </details>
            ) : (
              <div class="check-head">
                <Head sign={sign} title={titleOf(check)} word={word} took="" />
              </div>
            )}
          </li>
        )
      })}
    </ol>
  )
}

const Head = ({ sign, title, word, took }: { sign: IconName; title: string; word: string; took: string }) => (
  <>
    <Icon name={sign} />
    <h4>
      <Inline text={title} />
    </h4>
    <span class="word">{word}</span>
    <span class="ms">{took}</span>
  </>
)

/** Statuses whose findings lie folded, so that what needs the learner's eye is in sight. */
const quiet: readonly FindingStatus[] = ['passed', 'skipped']

/** A check that only looks at what was observed before takes no time worth telling. */
const tookOf = ({ ms }: PresentedFinding, words: Words): string => (ms < 1 ? '' : words.run.duration(ms))

const signOf = ({ finding, running }: RunCheck, over: boolean, words: Words): { sign: IconName; word: string } => {
  if (finding) return { sign: finding.status, word: words.run.statuses[finding.status] }
  if (over) return { sign: 'skipped', word: words.run.statuses.skipped }
  return running ? { sign: 'running', word: words.run.running } : { sign: 'open', word: words.run.open }
}
