import { useState } from 'preact/hooks'
import type { Language } from '../../../labs/kit/finding.ts'
import type { PresentedFinding } from '../../../runner/http/present.ts'
import { lazily } from '../ui/lazy.tsx'
import { Inline } from '../ui/Prose.tsx'
import type { Words } from '../words.ts'
import type { GoTo } from './CheckList.tsx'

const EvidenceList = lazily(() => import('../evidence/EvidenceList.tsx').then((module) => module.EvidenceList))

interface FindingViewProps {
  readonly finding: PresentedFinding
  /** Of several failures the first is shown with its picture, the others fold theirs away. */
  readonly first: boolean
  readonly language: Language
  readonly words: Words
  readonly goTo: GoTo
}

/** What was seen, the picture of it, what was expected, and where to look. */
export const FindingView = ({ finding, first, language, words, goTo }: FindingViewProps) => {
  const { because, expected, actual, hint, at, evidence } = finding
  const w = words.run
  const [opened, setOpened] = useState(false)
  const pictures = evidence && evidence.length > 0 && <EvidenceList evidence={evidence} language={language} placeholder={words.loading} />
  return (
    <div class="finding">
      {because && (
        <p class="because">
          <Inline text={because} />
        </p>
      )}
      {at && (
        <button type="button" class="link" onClick={() => goTo(at)}>
          {w.goTo(w.line(at.file, at.line))}
        </button>
      )}
      {pictures && first && pictures}
      {(expected || actual) && (
        <dl class="expected">
          {expected && (
            <div>
              <dt>{w.expected}</dt>
              <dd>
                <Inline text={expected} />
              </dd>
            </div>
          )}
          {actual && (
            <div>
              <dt>{w.actual}</dt>
              <dd>
                <Inline text={actual} />
              </dd>
            </div>
          )}
        </dl>
      )}
      {hint && finding.status !== 'passed' && (
        <p class="where">
          <strong>{w.where}</strong> <Inline text={hint} />
        </p>
      )}
      {pictures && !first && (
        <details onToggle={(event) => setOpened(event.currentTarget.open)}>
          <summary>{w.evidence}</summary>
          {opened && pictures}
        </details>
      )}
    </div>
  )
}
