import { useEffect, useState } from 'preact/hooks'
import type { Language } from '../../../labs/kit/finding.ts'
import { hint } from '../api/client.ts'
import { Prose } from '../ui/Prose.tsx'
import type { Words } from '../words.ts'
import type { LabView } from './lab-view.ts'

interface HintsPanelProps {
  readonly lab: LabView
  readonly language: Language
  readonly words: Words
  readonly hasRun: boolean
}

/** A ladder: one step at a time, and only when asked. */
export const HintsPanel = ({ lab, language, words, hasRun }: HintsPanelProps) => {
  const [shown, setShown] = useState<readonly string[]>([])
  const [trouble, setTrouble] = useState<string>()
  const w = words.hints
  const next = shown.length + 1

  useEffect(() => {
    // The steps that lie open are told again in the other language.
    void Promise.all(shown.map((_, index) => hint(lab.id, index + 1, language))).then((answers) => {
      if (answers.every((answer) => answer.kind === 'answer')) setShown(answers.map(({ value }) => value.hint))
    })
  }, [language])

  const more = async (): Promise<void> => {
    const answer = await hint(lab.id, next, language)
    if (answer.kind === 'answer') {
      setTrouble(undefined)
      setShown([...shown, answer.value.hint])
    } else setTrouble(answer.kind === 'unreachable' ? words.link.lost : answer.refusal.message)
  }

  return (
    <div class="hints">
      <p class="lead">{w.lead}</p>
      {!hasRun && shown.length === 0 && <p class="lead">{w.afterRun}</p>}
      <ol aria-live="polite">
        {shown.map((text, index) => (
          <li key={index}>
            <h3>{w.step(index + 1)}</h3>
            <Prose text={text} />
          </li>
        ))}
      </ol>
      {trouble && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
      {next <= lab.hints ? (
        <button type="button" onClick={more}>
          {w.next(next, lab.hints)}
        </button>
      ) : (
        <p class="lead">{w.none}</p>
      )}
    </div>
  )
}
