import { useEffect, useRef } from 'preact/hooks'
import type { Language } from '../../../labs/kit/finding.ts'
import { Icon } from '../ui/Icon.tsx'
import type { Words } from '../words.ts'
import type { Place } from '../workspace/lab-view.ts'
import type { Running } from '../workspace/use-run.ts'
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
  const panel = useRef<HTMLDivElement>(null)
  const watched = useRef(false)
  useEffect(() => {
    if (busy && !watched.current) bringIntoView(panel.current)
    // A run that ends before somebody's eyes, not one that was over when the page was opened.
    if (watched.current && !busy && run?.verdict) showFirstFailure(panel.current)
    watched.current = busy
  }, [busy])

  return (
    <div class="run" aria-busy={busy} ref={panel}>
      <LinkBanner link={link} busy={busy} words={words} onRetry={retry} />
      {refusal && <RefusalView refusal={refusal} words={words} goTo={goTo} />}
      {unknown && (
        <div class="banner rejected" role="status">
          <Icon name="rejected" />
          <p>{words.link.unknown}</p>
        </div>
      )}
      {!run && !refusal && !unknown && <p class="lead">{words.run.none}</p>}
      {run?.verdict && <VerdictBanner verdict={run.verdict} run={run} words={words} next={next} trackHref={trackHref} onCheck={check} />}
      {run && !run.verdict && <RunHead run={run} words={words} />}
      {run && stale && run.phase === 'done' && <p class="lead stale">{words.run.olderThanFiles}</p>}
      {run && <CheckList key={running.shown?.id ?? 'new'} run={run} language={language} words={words} titleOf={titleOf} goTo={goTo} />}
      {run?.verdict?.sandbox && (
        <p class="fine-print">
          {words.run.ranIn(run.verdict.sandbox.driver, run.verdict.sandbox.isolation)}
          {' · '}
          {words.run.duration(run.verdict.ms)}
          {running.shown && (
            <>
              {' '}
              · {words.run.submission} <code>{running.shown.id.slice(0, 8)}</code>
            </>
          )}
        </p>
      )}
    </div>
  )
}

const behavior = (): ScrollBehavior => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth')

/** Where files and results are stacked, the results may lie below the screen. */
const bringIntoView = (panel: HTMLElement | null): void => panel?.scrollIntoView({ block: 'nearest', behavior: behavior() })

/** Scrolls the panel, never the page, until the first failure stands below the verdict with its picture in sight. */
const showFirstFailure = (panel: HTMLElement | null): void => {
  const scroller = panel?.closest<HTMLElement>('.panel')
  const failure = panel?.querySelector<HTMLElement>('.check:is([data-status="failed"], [data-status="exhausted"])')
  const banner = panel?.querySelector<HTMLElement>('.banner')
  if (!scroller || !failure || scroller.scrollHeight <= scroller.clientHeight) return
  const hidden = failure.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom
  if (hidden <= 0) return
  const top = failure.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
  scroller.scrollTo({ top: top - (banner?.offsetHeight ?? 0) - 8, behavior: behavior() })
}
