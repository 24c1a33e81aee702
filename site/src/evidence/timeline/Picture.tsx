import type { Words } from '../../words.ts'
import { fateOf } from '../fate.ts'
import { type Bar, rowsOfLabels, type TimelineLayout, ticksOf } from './layout.ts'
import { crosses, laneName } from './tell.ts'
import type { View } from './view.ts'

interface PictureProps {
  readonly layout: TimelineLayout
  readonly view: View
  readonly width: number
  readonly selected: number | undefined
  readonly words: Words
  onPoint(index: number | undefined): void
  onPick(index: number): void
}

const LABEL_ROW = 18
const AXIS = 30
/** The rows together are about this high, however many there are. */
const ROWS_HEIGHT = 230
const LEAST_ROW = 4
const MOST_ROW = 15
const LANE_GAP = 5
/** Cuts are drawn this wide however short they were. */
const LEAST_WIDTH = 2.5

/** The drawing itself: time to the right, lanes down, what we did as lines across all of them. */
export const Picture = ({ layout, view, width, selected, words, onPoint, onPick }: PictureProps) => {
  const gutter = width < 480 ? 66 : 104
  const rowHeight = Math.min(Math.max(ROWS_HEIGHT / layout.rows, LEAST_ROW), MOST_ROW)
  const barHeight = Math.max(rowHeight - Math.min(5, rowHeight / 3), 2)
  const x = (at: number): number => gutter + ((at - view.from) / (view.to - view.from)) * (width - gutter - 8)
  const marks = layout.marks.filter(({ at }) => at >= view.from && at <= view.to)
  const labels = marks.map((mark) => {
    const text =
      mark.service && new Set(layout.marks.map(({ service }) => service)).size > 1
        ? `${words.evidence.marks[mark.what]} (${mark.service})`
        : words.evidence.marks[mark.what]
    const wide = textWidth(text)
    // A label near the right edge stands to the left of its line.
    return { mark, text, wide, x: x(mark.at) + wide + 14 > width ? x(mark.at) - wide - 4 : x(mark.at) }
  })
  const rows = rowsOfLabels(labels.map(({ x: at, wide }) => ({ x: at, width: wide + 12 })))
  const top = (Math.max(0, ...rows) + 1) * LABEL_ROW + 6
  const y = (row: number): number => top + row * rowHeight + lanesBefore(layout, row) * LANE_GAP
  const bottom = y(layout.rows - 1) + rowHeight + 4
  const chosen = layout.bars.find(({ index }) => index === selected)
  const inside = (at: number): number => Math.min(Math.max(x(at), gutter), width - 8)

  return (
    <svg
      class="timeline-picture"
      width={width}
      height={bottom + AXIS}
      viewBox={`0 0 ${width} ${bottom + AXIS}`}
      aria-hidden="true"
      onPointerLeave={() => onPoint(undefined)}
    >
      <defs>
        <pattern id="tl-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0v6" class="hatch" />
        </pattern>
        <clipPath id="tl-clip">
          <rect x={gutter} y="0" width={width - gutter - 6} height={bottom + AXIS} />
        </clipPath>
      </defs>
      {layout.lanes.map((lane) => (
        <g key={lane.firstRow} class={`lane ${lane.name.kind}`}>
          <rect x={gutter} y={y(lane.firstRow)} width={width - gutter - 8} height={lane.rows * rowHeight - 1} />
          <text x={gutter - 8} y={y(lane.firstRow) + (lane.rows * rowHeight) / 2} text-anchor="end" dominant-baseline="central">
            {width < 480 && lane.name.kind === 'connection' ? `#${lane.name.number}` : laneName(lane, words)}
          </text>
        </g>
      ))}
      {layout.bands.map((band) => (
        <g key={`${band.kind}${band.from}`} class={`band ${band.kind}`}>
          <rect x={inside(band.from)} y={top - 4} width={Math.max(0, inside(band.to) - inside(band.from))} height={bottom - top + 4} />
          {inside(band.to) - inside(band.from) > textWidth(words.evidence.bands[band.kind]) + 12 && (
            <text x={(inside(band.from) + inside(band.to)) / 2} y={bottom + 12} text-anchor="middle">
              {words.evidence.bands[band.kind]}
            </text>
          )}
        </g>
      ))}
      <g class="axis">
        {ticksOf(view.from, view.to, layout.anchor.at, (width - gutter) / 70).map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={top - 4} y2={bottom} />
            <text x={x(tick)} y={bottom + 26} text-anchor="middle">
              {signed((tick - layout.anchor.at) / 1000)}
            </text>
          </g>
        ))}
      </g>
      <g clip-path="url(#tl-clip)">
        {labels.map(({ mark, text, x: at, wide }, index) => (
          <g key={index} class={`mark ${mark.what}`}>
            <line x1={x(mark.at)} x2={x(mark.at)} y1={(rows[index] ?? 0) * LABEL_ROW + 2} y2={bottom} />
            <rect x={at} y={(rows[index] ?? 0) * LABEL_ROW + 1} width={wide + 4} height={LABEL_ROW - 2} rx="2" />
            <text x={at + 4} y={(rows[index] ?? 0) * LABEL_ROW + 10} dominant-baseline="central">
              {text}
            </text>
          </g>
        ))}
        {layout.bars.map((bar) => (
          <RequestMark
            key={bar.index}
            bar={bar}
            x={x}
            y={y(bar.row)}
            height={barHeight}
            gap={rowHeight - barHeight}
            strong={crosses(bar.request, layout)}
            selected={bar.index === selected}
            onPoint={onPoint}
            onPick={onPick}
          />
        ))}
        {chosen && (
          <rect
            class="chosen"
            x={x(chosen.request.startedAt) - 3}
            y={y(chosen.row) - 1.5}
            width={Math.max(x(chosen.request.endedAt) - x(chosen.request.startedAt), LEAST_WIDTH) + 6}
            height={rowHeight + 3}
            rx="3"
          />
        )}
      </g>
    </svg>
  )
}

interface RequestMarkProps {
  readonly bar: Bar
  readonly x: (at: number) => number
  readonly y: number
  readonly height: number
  readonly gap: number
  readonly strong: boolean
  readonly selected: boolean
  onPoint(index: number): void
  onPick(index: number): void
}

/** One request: a bar as long as it took; a broken end, a cross or a diamond where no whole answer came. */
const RequestMark = ({ bar, x, y, height, gap, strong, selected, onPoint, onPick }: RequestMarkProps) => {
  const { request, index } = bar
  const fate = fateOf(request)
  const begin = x(request.startedAt)
  const end = Math.max(x(request.endedAt), begin + LEAST_WIDTH)
  const top = y + gap / 2
  const middle = top + height / 2
  const arm = Math.max(Math.min(5, height / 2 + 1), 2.5)
  const tick = fate === 'refused' || fate === 'unreachable'
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for pointers only; the keyboard walks the same requests on the stage around it
    <g
      class={`request ${fate}${strong ? ' strong' : ''}${selected ? ' selected' : ''}`}
      onPointerEnter={() => onPoint(index)}
      onClick={() => onPick(index)}
    >
      <rect class="reach" x={begin - 2} y={y} width={end - begin + 6} height={height + gap} />
      {!tick && <rect class="length" x={begin} y={top} width={end - begin} height={height} rx="1.5" />}
      {!tick && <line class="start" x1={begin} x2={begin} y1={top} y2={top + height} />}
      {(fate === 'reset' || fate === 'cut') && (
        <path class="sign" d={`M${end - arm} ${middle - arm}l${2 * arm} ${2 * arm}m0 ${-2 * arm}l${-2 * arm} ${2 * arm}`} />
      )}
      {fate === 'timeout' && <path class="sign" d={`M${end} ${top - 1}v${height + 2}M${end + 3} ${top - 1}v${height + 2}`} />}
      {fate === 'turnedAway' && <path class="sign" d={`M${end - arm} ${middle}h${2 * arm}`} />}
      {tick && <path class="sign solid" d={`M${begin} ${middle - arm}l${arm} ${arm}l${-arm} ${arm}l${-arm} ${-arm}z`} />}
    </g>
  )
}

const lanesBefore = ({ lanes }: TimelineLayout, row: number): number => lanes.filter(({ firstRow, rows }) => firstRow + rows <= row).length

/** Close enough to keep labels apart without measuring: CJK characters are twice as wide. */
const textWidth = (text: string): number => [...text].reduce((sum, character) => sum + (character.charCodeAt(0) > 0x2e80 ? 12 : 6.6), 6)

const signed = (seconds: number): string => {
  const text = Number(seconds.toFixed(3)).toString()
  return seconds > 0 ? `+${text}` : text.replace('-', '\u2212')
}
