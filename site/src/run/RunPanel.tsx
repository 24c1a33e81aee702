import type { Language } from '../../../labs/kit/finding.ts'
import { Icon } from '../ui/Icon.tsx'
import type { Place } from '../workspace/lab-view.ts'
import type { Running } from '../workspace/use-run.ts'
import type { Words } from '../words.ts'
import { CheckList, type GoTo } from './CheckList.tsx'
import { LinkBanner } from './LinkBanner.tsx'
import { RefusalView } from './RefusalView.tsx'
import { RunHead } from './RunHead.tsx'
import type { RunCheck } from './state.ts'
import { VerdictBanner } from './VerdictBanner.tsx'

interface RunPanelProps {
  readonly running: Running
  readonly language: Language
  readonly words: Words
  readonly stale: boolean
  readonly next: Place | undefined
  readonly trackHref: string
  readonly titleOf: (check: RunCheck) => string
  readonly goTo: GoTo
}

/** One submission, from its place in line to what was proved. */
export const RunPanel = ({ running, language, words, stale, next, trackHref, titleOf, goTo }: RunPanelProps) => {
  const { run, link, refusal, unknown, busy, retry, check } = running
  return (
    <div class="run" aria-busy={busy}>
      <LinkBanner link={link} busy={busy} words={words} onRetry={retry} />
      {refusal && <RefusalView refusal={refusal} words={words} goTo={goTo} />}
      {unknown && (
        <div class="banner rejected" role="status">
          <Icon name="rejected" />
          <p>{words.link.unknown}</p>
        </div>
      )}
      {!run && !refusal && !unknown && <p class="lead">{words.run.none}</p>}
      {run?.verdict && (
        <VerdictBanner verdict={run.verdict} run={run} words={words} next={next} trackHref={trackHref} onCheck={check} />
      )}
      {run && !run.verdict && <RunHead run={run} words={words} />}
      {run && stale && run.phase === 'done' && <p class="lead stale">{words.run.olderThanFiles}</p>}
      {run && <CheckList key={running.shown?.id ?? 'new'} run={run} language={language} words={words} titleOf={titleOf} goTo={goTo} />}
      {run?.verdict?.sandbox && (
        <p class="fine-print">
          {words.run.ranIn(run.verdict.sandbox.driver, run.verdict.sandbox.isolation)}
          {' · '}
          {words.run.duration(run.verdict.ms)}
          {running.shown && <> · {words.run.submission} <code>{running.shown.id.slice(0, 8)}</code></>}
        </p>
      )}
    </div>
  )
}
