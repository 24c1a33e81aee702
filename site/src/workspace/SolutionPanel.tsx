import { useEffect, useState } from 'preact/hooks'
import { solution } from '../api/client.ts'
import { DiffView } from '../evidence/DiffView.tsx'
import type { Words } from '../words.ts'
import type { Files } from './drafts.ts'
import type { LabView } from './lab-view.ts'

interface SolutionPanelProps {
  readonly lab: LabView
  readonly words: Words
  readonly files: Files
  /** Failed tries, or a pass: then nobody has to ask. */
  readonly open: boolean
}

/** One correct answer beside the learner's files; after the second failed check, or at once on request. */
export const SolutionPanel = ({ lab, words, files, open }: SolutionPanelProps) => {
  const [asked, setAsked] = useState(false)
  const [answer, setAnswer] = useState<Files>()
  const [trouble, setTrouble] = useState<string>()
  const w = words.solution
  const wanted = open || asked

  useEffect(() => {
    if (!wanted || answer) return
    void solution(lab.id).then((came) => {
      if (came.kind === 'answer') setAnswer(came.value.files)
      else setTrouble(came.kind === 'unreachable' ? words.link.lost : came.refusal.message)
    })
  }, [wanted, answer, lab.id])

  if (!wanted) {
    return (
      <div class="solution">
        <p class="lead">{w.locked}</p>
        <button type="button" class="quiet" onClick={() => setAsked(true)}>
          {w.anyway}
        </button>
      </div>
    )
  }
  if (trouble)
    return (
      <p class="trouble" role="alert">
        {trouble}
      </p>
    )
  if (!answer) return <p class="lead">{w.loading}</p>
  return (
    <div class="solution">
      <p class="lead">{w.lead}</p>
      {lab.files
        .filter(({ access }) => access === 'edit')
        .map(({ path }) => (
          <section key={path}>
            <h3>
              <code>{path}</code>
            </h3>
            {answer[path] === files[path] ? (
              <p class="lead">{w.same}</p>
            ) : (
              <DiffView before={files[path] ?? ''} after={answer[path] ?? ''} names={[w.yours, w.theirs]} words={words} context={3} />
            )}
          </section>
        ))}
    </div>
  )
}
