import type { Refusal } from '../api/answer.ts'
import { Icon } from '../ui/Icon.tsx'
import { Inline } from '../ui/Prose.tsx'
import type { Words } from '../words.ts'
import type { GoTo } from './CheckList.tsx'

interface RefusalViewProps {
  readonly refusal: Refusal
  readonly words: Words
  readonly goTo: GoTo
}

/** The server did not take the submission: why, where, and what to do next. */
export const RefusalView = ({ refusal, words, goTo }: RefusalViewProps) => {
  const { at, message, next } = refusal
  const place = at?.file === undefined ? undefined : { ...at, file: at.file }
  return (
    <div class="banner rejected" role="alert">
      <Icon name="rejected" />
      <div>
        <h3>
          <Inline text={message} />
        </h3>
        {next && (
          <p>
            <Inline text={next} />
          </p>
        )}
        {place && (
          <button type="button" class="link" onClick={() => goTo(place)}>
            {words.run.goTo(words.run.line(place.file, place.line))}
          </button>
        )}
      </div>
    </div>
  )
}
