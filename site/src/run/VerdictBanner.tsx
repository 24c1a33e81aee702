import type { PresentedVerdict } from '../../../runner/http/present.ts'
import { Icon } from '../ui/Icon.tsx'
import { Inline } from '../ui/Prose.tsx'
import type { Words } from '../words.ts'
import type { Place } from '../workspace/lab-view.ts'
import { countOf, type Run } from './state.ts'

interface VerdictBannerProps {
  readonly verdict: PresentedVerdict
  readonly run: Run
  readonly words: Words
  readonly next: Place | undefined
  readonly trackHref: string
  onCheck(): void
}

/** One of six verdicts, each with its own sign, words and way on. */
export const VerdictBanner = ({ verdict, run, words, next, trackHref, onCheck }: VerdictBannerProps) => {
  const { outcome } = verdict
  const { passed, all } = countOf(run)
  const said = words.verdicts[outcome]
  const more = words.verdictMore
  return (
    <div class={`banner ${outcome}`} data-outcome={outcome}>
      <Icon name={outcome} />
      <div>
        <h3>{said.title}</h3>
        <p>{said.lead(passed, all)}</p>
        {verdict.missing && (
          <>
            <p>
              <Inline text={verdict.missing.because} />
            </p>
            <p>
              <strong>{more.howTo}:</strong> <Inline text={verdict.missing.fix} />
            </p>
          </>
        )}
        {verdict.fault && (
          <>
            <p>{more.tellOperator(verdict.fault.id)}</p>
            <details>
              <summary>{more.operatorFix}</summary>
              <p>
                <code>{verdict.fault.code}</code> <Inline text={verdict.fault.fix} />
              </p>
            </details>
            <button type="button" onClick={onCheck}>
              {more.tryAgain}
            </button>
          </>
        )}
        {outcome === 'passed' && (
          <p class="onward">
            <a href={next?.href ?? trackHref}>
              {next ? `${more.nextLesson}: ${next.title}` : more.trackDone}
              <Icon name="next" />
            </a>
          </p>
        )}
      </div>
    </div>
  )
}
