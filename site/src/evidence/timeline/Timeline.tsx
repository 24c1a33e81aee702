import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Words } from '../../words.ts'
import { fateOf, isFailure, type RequestFate } from '../fate.ts'
import { Detail, type LogEvidence } from './Detail.tsx'
import { layOut, type TimelineEvidence } from './layout.ts'
import { Picture } from './Picture.tsx'
import { TimelineTable } from './TimelineTable.tsx'
import { crosses } from './tell.ts'
import { around, aroundDeed, bounded, firstView, isSame, wholeOf } from './view.ts'

interface TimelineProps {
  readonly evidence: TimelineEvidence
  readonly title: string
  /** Logs of the same finding, for the moment of a request. */
  readonly logs: readonly LogEvidence[]
  readonly words: Words
}

const ZOOM = 0.6

/** Requests over time, to be walked with the arrow keys; the first failure is shown to begin with. */
export const Timeline = ({ evidence, title, logs, words }: TimelineProps) => {
  const layout = useMemo(() => layOut(evidence), [evidence])
  const whole = wholeOf(layout)
  const near = useMemo(() => aroundDeed(layout, 0.2), [layout])
  const [pinned, setPinned] = useState(
    () =>
      (layout.bars.find(({ request }) => isFailure(request)) ?? layout.bars.findLast(({ request }) => crosses(request, layout)))?.index ??
      0,
  )
  const [view, setView] = useState(() => firstView(layout, layout.bars[pinned]))
  const [pointed, setPointed] = useState<number>()
  const [table, setTable] = useState(false)
  const frame = useRef<HTMLDivElement>(null)
  const [stage, setStage] = useState<HTMLDivElement | null>(null)
  const width = useWidth(stage)
  const w = words.evidence
  const shown = pointed ?? pinned
  const bar = layout.bars[shown]
  const failures = layout.bars.filter(({ request }) => isFailure(request))

  const pick = (index: number): void => {
    const at = layout.bars[index]?.request.startedAt
    if (at === undefined) return
    setPinned(index)
    setPointed(undefined)
    if (at < view.from || at > view.to) setView(around(at, view.to - view.from))
  }
  const nextFailure = (): void => pick((failures.find(({ index }) => index > pinned) ?? failures[0])?.index ?? pinned)
  const zoom = (factor: number): void =>
    setView(bounded(around(bar?.request.startedAt ?? layout.anchor.at, (view.to - view.from) * factor), whole))
  const keys: Record<string, () => void> = {
    ArrowRight: () => pick(Math.min(pinned + 1, layout.bars.length - 1)),
    ArrowLeft: () => pick(Math.max(pinned - 1, 0)),
    Home: () => pick(0),
    End: () => pick(layout.bars.length - 1),
    Enter: () => pick(shown),
    f: nextFailure,
    '+': () => zoom(ZOOM),
    '-': () => zoom(1 / ZOOM),
  }
  const key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!act) return
    event.preventDefault()
    act()
  }

  /** The one key that works in the table too; the focus goes where the eyes go. */
  const turn = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== 't' || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    setTable(!table)
    requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>('.stage, .scroll-table')?.focus())
  }

  const anchorMark = layout.anchor.mark
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of what is inside
    <div class="timeline" ref={frame} onKeyDown={turn}>
      <div class="legend">
        <span class="sum">{w.summary(layout.bars.length, layout.bars.length - failures.length)}</span>
        {countFates(layout.bars.map(({ request }) => fateOf(request))).map(([fate, count]) => (
          <span key={fate} class={`key ${fate}`}>
            <Sample fate={fate} />
            {count} {w.fates[fate]}
          </span>
        ))}
      </div>
      {table ? (
        <TimelineTable layout={layout} selected={pinned} words={words} onPick={pick} />
      ) : (
        <div
          class="stage"
          ref={setStage}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys
          tabIndex={0}
          role="application"
          aria-label={words.sentences(title, w.keys)}
          onKeyDown={key}
        >
          {width > 0 && (
            <Picture layout={layout} view={view} width={width} selected={shown} words={words} onPoint={setPointed} onPick={pick} />
          )}
          <p class="axis-name" aria-hidden="true">
            {anchorMark ? w.axis(w.marks[anchorMark.what]) : w.axisStart}
          </p>
        </div>
      )}
      <div class="tools">
        {failures.length > 0 && (
          <button type="button" class="quiet" onClick={nextFailure}>
            {w.nextFailure}
          </button>
        )}
        {!table && anchorMark && !isSame(near, whole) && (
          <button
            type="button"
            class="quiet"
            aria-pressed={!isSame(view, whole)}
            onClick={() => setView(isSame(view, whole) ? near : whole)}
          >
            {isSame(view, whole) ? w.around(w.marks[anchorMark.what]) : w.whole}
          </button>
        )}
        <button type="button" class="quiet" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? w.asPicture : w.asTable}
        </button>
        {!table && <small class="keys">{w.keysShort}</small>}
      </div>
      <div aria-live="polite">{bar && <Detail bar={bar} layout={layout} logs={logs} words={words} />}</div>
    </div>
  )
}

/** What the legend shows of a fate: the same shapes as the picture. */
const Sample = ({ fate }: { fate: RequestFate }) => (
  <svg class={`request ${fate} strong`} width="18" height="12" viewBox="0 0 18 12" aria-hidden="true">
    {fate !== 'refused' && fate !== 'unreachable' && <rect class="length" x="1" y="2" width="14" height="8" rx="1.5" />}
    {(fate === 'reset' || fate === 'cut') && <path class="sign" d="m10 1 7 10m0-10-7 10" />}
    {fate === 'timeout' && <path class="sign" d="M14 0v12M17 0v12" />}
    {fate === 'turnedAway' && <path class="sign" d="M9 6h8" />}
    {(fate === 'refused' || fate === 'unreachable') && <path class="sign solid" d="m9 1 5 5-5 5-5-5z" />}
  </svg>
)

const countFates = (fates: readonly RequestFate[]): [RequestFate, number][] => {
  const counts = new Map<RequestFate, number>()
  for (const fate of fates) counts.set(fate, (counts.get(fate) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => Number(b === 'answered') - Number(a === 'answered'))
}

const useWidth = (element: HTMLElement | null): number => {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    if (!element) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [element])
  return width
}
