import type { Language } from '../../../labs/kit/finding.ts'
import { Icon } from '../ui/Icon.tsx'
import type { Words } from '../words.ts'
import type { LabView } from './lab-view.ts'

/** What is to be done and what will be asked, as the author wrote it. */
export const TaskPanel = ({ lab, language, words }: { lab: LabView; language: Language; words: Words }) => {
  const text = lab.text[language]
  return (
    <div class="task">
      <div class="author-text" dangerouslySetInnerHTML={{ __html: text.taskHtml }} />
      <h3>{words.work.asked}</h3>
      <ul class="asked">
        {lab.checks.map(({ check, tier }) => (
          <li key={check}>
            <Icon name="open" />
            <span>{text.checks[check]}</span>
            <small>{words.work.tiers[tier]}</small>
          </li>
        ))}
      </ul>
    </div>
  )
}
