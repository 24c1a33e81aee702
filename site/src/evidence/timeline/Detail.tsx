import type { Evidence } from '../../../../labs/kit/evidence.ts'
import type { Words } from '../../words.ts'
import { isFailure } from '../fate.ts'
import { visible } from '../visible.ts'
import type { Bar, TimelineLayout } from './layout.ts'
import { crosses, fateWord, laneName, laneOf, moment, span } from './tell.ts'

export type LogEvidence = Extract<Evidence, { kind: 'log' }>

interface DetailProps {
  readonly bar: Bar
  readonly layout: TimelineLayout
  readonly logs: readonly LogEvidence[]
  readonly words: Words
}

const NEAR_MS = 500
const LINES = 6

/** One request in words, and what the service was writing at that moment. */
export const Detail = ({ bar, layout, logs, words }: DetailProps) => {
  const { request } = bar
  const w = words.evidence
  const lane = laneOf(bar.row, layout)
  const lines = linesNear(logs, request.startedAt, request.endedAt)
  return (
    <div class="request-detail" data-failed={isFailure(request)}>
      <p class="told">
        <strong>{w.request(bar.index + 1, layout.bars.length)}</strong>
        <span>
          {[lane && laneName(lane, words), lane?.name.kind !== 'connection' && words.evidence.connection(request.connection)]
            .filter(Boolean)
            .join(', ')}
        </span>
        <span class="fate">{fateWord(request, words)}</span>
      </p>
      <p>
        {w.began}: {moment(request.startedAt, layout, words)} · {w.took}: {span(request.endedAt - request.startedAt, words)}
        {crosses(request, layout) && layout.anchor.mark && <> · {w.stillWaiting(w.marks[layout.anchor.mark.what])}</>}
      </p>
      {request.body && (
        <p class="body">
          <code>{visible(request.body)}</code>
        </p>
      )}
      {logs.length > 0 && (
        <>
          <p class="then">{w.logsThen}</p>
          {lines.length === 0 ? (
            <p class="lead">{w.noLogsThen}</p>
          ) : (
            <ul class="log-then">
              {lines.map((line, index) => (
                <li key={index} data-stream={line.stream}>
                  <time>{moment(line.at, layout, words)}</time>
                  <code>{visible(line.text)}</code>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  )
}

const linesNear = (logs: readonly LogEvidence[], from: number, to: number): LogEvidence['lines'] => {
  const near = logs.flatMap(({ lines }) => lines).filter(({ at }) => at >= from - NEAR_MS && at <= to + NEAR_MS)
  const away = ({ at }: { at: number }): number => Math.abs(at - to)
  return [...near]
    .sort((a, b) => away(a) - away(b))
    .slice(0, LINES)
    .sort((a, b) => a.at - b.at)
}
