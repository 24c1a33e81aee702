import { diffLines, diffWordsWithSpace } from 'diff'
import { useMemo } from 'preact/hooks'
import { ScrollBox } from '../ui/ScrollBox.tsx'
import type { Words } from '../words.ts'
import { visible, whitespace } from './visible.ts'
import './evidence.css'

interface DiffViewProps {
  readonly before: string
  readonly after: string
  /** Who says the first and who the second. */
  readonly names: readonly [string, string]
  readonly title?: string
  readonly words: Words
  /** Equal lines kept around a difference; all of them when left out. */
  readonly context?: number
}

interface Line {
  readonly kind: 'same' | 'gone' | 'new' | 'skip'
  readonly text: string
  readonly pair?: string
}

/** Two texts line by line; blanks become visible where only they differ. */
export const DiffView = ({ before, after, names, title, words, context = Number.POSITIVE_INFINITY }: DiffViewProps) => {
  const lines = useMemo(() => shorten(linesOf(before, after), context), [before, after, context])
  const w = words.evidence
  if (before === after) return <p class="lead">{w.noDifference}</p>
  return (
    <div class="diff">
      <p class="legend">
        <span class="key gone">
          {'\u2212'} {names[0]}
        </span>
        <span class="key new">+ {names[1]}</span>
      </p>
      <ScrollBox label={title ?? w.kinds.diff}>
        <table class="lines">
          <tbody>
            {lines.map((line, index) => (
              <tr key={index} class={line.kind}>
                <td class="sign" aria-hidden={line.kind === 'same' || line.kind === 'skip'}>
                  {SIGNS[line.kind]}
                </td>
                <td class="text">
                  <code>
                    <LineText line={line} />
                  </code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </div>
  )
}

const SIGNS = { same: ' ', gone: '\u2212', new: '+', skip: '\u22ee' } satisfies Record<Line['kind'], string>

const LineText = ({ line }: { line: Line }) => {
  if (line.pair === undefined) return <>{visible(line.text)}</>
  const onlyBlanks = line.pair.replace(/\s/g, '') === line.text.replace(/\s/g, '')
  const show = onlyBlanks ? whitespace : visible
  return (
    <>
      {diffWordsWithSpace(line.pair, line.text)
        .filter(({ removed }) => !removed)
        .map(({ added, value }, index) => (added ? <mark key={index}>{show(value)}</mark> : <span key={index}>{show(value)}</span>))}
    </>
  )
}

const linesOf = (before: string, after: string): Line[] => {
  const parts = diffLines(before, after)
  return parts.flatMap((part, index): Line[] => {
    const lines = part.value.replace(/\n$/, '').split('\n')
    if (!part.added && !part.removed) return lines.map((text) => ({ kind: 'same', text }))
    const other = part.removed ? parts[index + 1] : parts[index - 1]
    const partner = (part.removed ? other?.added : other?.removed) ? other?.value.replace(/\n$/, '').split('\n') : undefined
    return lines.map((text, at) => ({
      kind: part.removed ? 'gone' : 'new',
      text,
      ...(partner?.length === lines.length ? { pair: partner[at] ?? '' } : {}),
    }))
  })
}

/** Long runs of equal lines give way to one sign. */
const shorten = (lines: readonly Line[], context: number): readonly Line[] => {
  if (!Number.isFinite(context)) return lines
  const near = (index: number): boolean =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ kind }) => kind !== 'same')
  return lines.flatMap((line, index): Line[] => {
    if (near(index)) return [line]
    return index > 0 && !near(index - 1) ? [] : [{ kind: 'skip', text: '' }]
  })
}
