import { Fragment } from 'preact'

/** A sentence with `code` between backticks, and paragraphs at empty lines. Everything else stays text. */
export const Prose = ({ text }: { text: string }) => (
  <>
    {text
      .trim()
      .split(/\n\s*\n/)
      .map((paragraph, index) => (
        <p key={index}>
          <Inline text={paragraph} />
        </p>
      ))}
  </>
)

export const Inline = ({ text }: { text: string }) => (
  <>
    {text
      .split(/(`[^`\n]+`)/)
      .map((part, index) =>
        part.length > 2 && part.startsWith('`') && part.endsWith('`') ? (
          <code key={index}>{part.slice(1, -1)}</code>
        ) : (
          <Fragment key={index}>{part}</Fragment>
        ),
      )}
  </>
)
