import { Icon } from '../ui/Icon.tsx'
import type { Words } from '../words.ts'
import type { Link } from '../workspace/use-run.ts'

interface LinkBannerProps {
  readonly link: Link
  readonly busy: boolean
  readonly words: Words
  onRetry(): void
}

/** Whether the server can be reached: no verdict, and never looks like one. */
export const LinkBanner = ({ link, busy, words, onRetry }: LinkBannerProps) => {
  const w = words.link
  return (
    <div role="status">
      {link === 'lost' && (
        <div class="banner link-lost">
          <Icon name="lost" />
          <div>
            <h3>{w.lost}</h3>
            <p>{words.sentences(w.lostLead, busy ? w.lostRun : '')}</p>
            <button type="button" onClick={onRetry}>
              {w.retry}
            </button>
          </div>
        </div>
      )}
      {link === 'back' && (
        <div class="banner link-back">
          <Icon name="linked" />
          <div>
            <h3>{w.back}</h3>
            <p>{busy ? w.backLead : w.backIdle}</p>
          </div>
        </div>
      )}
    </div>
  )
}
