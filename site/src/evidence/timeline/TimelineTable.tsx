import { ScrollBox } from '../../ui/ScrollBox.tsx'
import type { Words } from '../../words.ts'
import { isFailure } from '../fate.ts'
import type { TimelineLayout } from './layout.ts'
import { fateWord, laneName, laneOf, moment, span } from './tell.ts'

/** The same timeline as rows: what a screen reader gets, and whoever prefers numbers. */
export const TimelineTable = ({
  layout,
  selected,
  words,
  onPick,
}: {
  layout: TimelineLayout
  selected: number | undefined
  words: Words
  onPick(index: number): void
}) => {
  const w = words.evidence
  return (
    <ScrollBox label={w.asTable}>
      <table>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">{w.lane}</th>
            <th scope="col">{w.began}</th>
            <th scope="col">{w.took}</th>
            <th scope="col">{w.outcome}</th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(layout).map((row) =>
            row.kind === 'mark' ? (
              <tr key={`mark${row.mark.at}${row.mark.what}`} class="mark-row">
                <td />
                <th scope="row" colSpan={4}>
                  {w.marks[row.mark.what]} {row.mark.service ?? ''} ({moment(row.mark.at, layout, words)})
                </th>
              </tr>
            ) : (
              <tr
                key={row.bar.index}
                data-failed={isFailure(row.bar.request)}
                aria-current={row.bar.index === selected}
                onClick={() => onPick(row.bar.index)}
              >
                <td>{row.bar.index + 1}</td>
                <td>{nameOf(row.bar.row, layout, words)}</td>
                <td>{moment(row.bar.request.startedAt, layout, words)}</td>
                <td>{span(row.bar.request.endedAt - row.bar.request.startedAt, words)}</td>
                <td>{fateWord(row.bar.request, words)}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </ScrollBox>
  )
}

const nameOf = (row: number, layout: TimelineLayout, words: Words): string => {
  const lane = laneOf(row, layout)
  return lane ? laneName(lane, words) : ''
}

type Row =
  | { readonly kind: 'mark'; readonly at: number; readonly mark: TimelineLayout['marks'][number] }
  | { readonly kind: 'bar'; readonly at: number; readonly bar: TimelineLayout['bars'][number] }

const rowsOf = ({ marks, bars }: TimelineLayout): readonly Row[] =>
  [
    ...marks.map((mark): Row => ({ kind: 'mark', at: mark.at, mark })),
    ...bars.map((bar): Row => ({ kind: 'bar', at: bar.request.startedAt, bar })),
  ].sort((a, b) => a.at - b.at)
