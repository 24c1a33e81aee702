import type { Language } from '../../../labs/kit/finding.ts'
import type { HistoryEntry } from '../api/client.ts'
import { Icon } from '../ui/Icon.tsx'
import type { Words } from '../words.ts'

interface HistoryPanelProps {
  readonly history: readonly HistoryEntry[]
  readonly language: Language
  readonly words: Words
  onOpen(id: string): void
  onRestore(id: string): void
}

/** Earlier submissions of this lab, newest first: their results and their files. */
export const HistoryPanel = ({ history, language, words, onOpen, onRestore }: HistoryPanelProps) => {
  const w = words.history
  const clock = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
  if (history.length === 0) return <p class="lead">{w.empty}</p>
  return (
    <div class="history">
      <p class="lead">{w.lead}</p>
      <ul>
        {history.map(({ id, outcome, created }) => (
          <li key={id}>
            <span class={`sign ${outcome ?? 'open'}`}>
              <Icon name={outcome ?? 'open'} />
              {outcome ? words.verdicts[outcome].title : words.run.open}
            </span>
            <time dateTime={created}>{clock.format(new Date(created))}</time>
            <span class="row">
              <button type="button" class="quiet" onClick={() => onOpen(id)}>
                {w.open}
              </button>
              <button type="button" class="quiet" onClick={() => onRestore(id)}>
                {words.work.restore}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
