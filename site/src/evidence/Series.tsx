import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Evidence } from '../../../labs/kit/evidence.ts'
import { onTheme, themeNow } from '../lib/theme.ts'
import { ScrollBox } from '../ui/ScrollBox.tsx'
import type { Words } from '../words.ts'

type SeriesEvidence = Extract<Evidence, { kind: 'series' }>

const HEIGHT = 240
/** Told apart by dashes as well as by colour. */
const DASHES: readonly number[][] = [[], [8, 3], [2, 3], [10, 3, 2, 3]]
const COLOURS = ['--hatoba-accent', '--hatoba-good', '--hatoba-warn', '--hatoba-muted']

/** Values over time with our marks and the limits as lines; the same numbers as a table on request. */
export const Series = ({ evidence, title, words }: { evidence: SeriesEvidence; title: string; words: Words }) => {
  const [table, setTable] = useState(false)
  const [theme, setTheme] = useState(themeNow)
  const host = useRef<HTMLDivElement>(null)
  const w = words.evidence
  const axisName = axisNameOf(evidence, words)
  const start = useMemo(
    () =>
      evidence.axis === 'hours'
        ? 0
        : Math.min(...evidence.series.flatMap(({ points }) => points.map(([at]) => at)), ...evidence.marks.map(({ at }) => at)),
    [evidence],
  )

  useEffect(() => onTheme(setTheme), [])
  useEffect(() => {
    const target = host.current
    if (table || !target) return
    const plot = new uPlot(optionsFor(evidence, words, start, target), joined(evidence, start), target)
    const observer = new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height: HEIGHT }))
    observer.observe(target)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
    // A canvas keeps the colours that it was drawn in.
  }, [evidence, table, words, theme])

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of what is inside
    <div class="series" onKeyDown={(event) => event.key.toLowerCase() === 't' && setTable(!table)}>
      {table ? (
        <ScrollBox label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{w.series}</th>
                <th scope="col">{axisName}</th>
                <th scope="col">
                  {w.value} ({evidence.unit})
                </th>
              </tr>
            </thead>
            <tbody>
              {evidence.series.flatMap(({ name, points }) =>
                points.map(([at, value]) => (
                  <tr key={`${name}${at}`}>
                    <td>{name}</td>
                    <td>{((at - start) / unitMs(evidence)).toFixed(2)}</td>
                    <td class="number">{value}</td>
                  </tr>
                )),
              )}
              {(evidence.limits ?? []).map(({ name, value }) => (
                <tr key={name}>
                  <td>
                    {name} ({w.limit})
                  </td>
                  <td />
                  <td class="number">{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      ) : (
        <div
          ref={host}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: takes the key that shows the table
          tabIndex={0}
          role="img"
          aria-label={`${title}: ${evidence.series.map(({ name }) => name).join(', ')} (${evidence.unit})`}
        />
      )}
      <div class="tools">
        <button type="button" class="quiet" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? w.asPicture : w.asTable}
        </button>
      </div>
    </div>
  )
}

/** What one unit of the horizontal axis is, in milliseconds. */
const unitMs = ({ axis }: SeriesEvidence): number => (axis === 'hours' ? 3_600_000 : 1000)
const axisNameOf = ({ axis }: SeriesEvidence, { evidence }: Words): string => (axis === 'hours' ? evidence.axisHours : evidence.axisStart)

const joined = (evidence: SeriesEvidence, start: number): uPlot.AlignedData =>
  uPlot.join(
    evidence.series.map(({ points }) => [points.map(([at]) => (at - start) / unitMs(evidence)), points.map(([, value]) => value)]),
  ) as uPlot.AlignedData

const optionsFor = (evidence: SeriesEvidence, words: Words, start: number, target: HTMLElement): uPlot.Options => {
  const style = getComputedStyle(target)
  const colour = (name: string): string => style.getPropertyValue(name).trim() || style.color
  const axis = { stroke: colour('--hatoba-muted'), grid: { stroke: colour('--hatoba-line') }, ticks: { stroke: colour('--hatoba-line') } }
  return {
    width: target.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false } },
    axes: [
      { ...axis, label: axisNameOf(evidence, words) },
      { ...axis, label: evidence.unit },
    ],
    series: [
      { label: words.evidence.time },
      ...evidence.series.map(({ name, dashed }, index) => ({
        label: name,
        stroke: colour(COLOURS[index % COLOURS.length] ?? ''),
        width: 2,
        dash: dashed ? [4, 4] : (DASHES[index % DASHES.length] ?? []),
        spanGaps: true,
      })),
    ],
    hooks: { draw: [(plot) => drawLines(plot, evidence, words, start, colour)] },
  }
}

const drawLines = (plot: uPlot, evidence: SeriesEvidence, words: Words, start: number, colour: (name: string) => string): void => {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.strokeStyle = ctx.fillStyle = colour('--hatoba-text')
  ctx.font = `${11 * devicePixelRatio}px sans-serif`
  // The axes leave theirs as they drew last.
  ctx.textBaseline = 'alphabetic'
  for (const { at, what } of evidence.marks) {
    const x = plot.valToPos((at - start) / unitMs(evidence), 'x', true)
    line(ctx, x, bbox.top, x, bbox.top + bbox.height)
    const label = words.evidence.marks[what]
    const fits = x + ctx.measureText(label).width + 4 <= bbox.left + bbox.width
    ctx.textAlign = fits ? 'left' : 'right'
    ctx.fillText(label, fits ? x + 4 : x - 4, bbox.top + 12 * devicePixelRatio)
  }
  ctx.setLineDash([6, 4])
  ctx.strokeStyle = ctx.fillStyle = colour('--hatoba-bad')
  ctx.textAlign = 'left'
  for (const { name, value } of evidence.limits ?? []) {
    const y = plot.valToPos(value, 'y', true)
    line(ctx, bbox.left, y, bbox.left + bbox.width, y)
    ctx.fillText(name, bbox.left + 4, y - 4)
  }
  ctx.restore()
}

const line = (ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void => {
  ctx.beginPath()
  ctx.moveTo(x1, y1)
  ctx.lineTo(x2, y2)
  ctx.stroke()
}
