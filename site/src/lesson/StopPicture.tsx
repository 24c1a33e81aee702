import { useId, useState } from 'preact/hooks'
import type { Language } from '../../../labs/kit/finding.ts'

/** Ten orders that were in work at SIGTERM in one run of the lab's solution: begin and end in milliseconds from the signal. */
const ORDERS = [
  [-808, 430],
  [-599, 521],
  [-516, 196],
  [-432, 196],
  [-388, 281],
  [-348, 197],
  [-307, 314],
  [-266, 386],
  [-224, 360],
  [-183, 618],
] as const
const FROM = -850
const TO = 900
const WIDTH = 480
const ROW = 14
const TOP = 42
const BOTTOM = TOP + ORDERS.length * ROW

const WORDS = {
  en: {
    label: 'The process ends',
    at: (ms: number) => `${ms} ms after SIGTERM`,
    tell: (cut: number) =>
      cut === 0
        ? 'All ten orders got their answer.'
        : `${cut} of ten orders ${cut === 1 ? 'is' : 'are'} cut off. Their customers see an error.`,
    end: 'end of the process',
    newcomers: 'new connections are turned away',
  },
  ja: {
    label: 'プロセスが終わる時刻',
    at: (ms: number) => `SIGTERM の ${ms} ms 後`,
    tell: (cut: number) =>
      cut === 0 ? '10 件の注文すべてに応答が返りました。' : `10 件のうち ${cut} 件が途中で切れ、お客様にはエラーが表示されます。`,
    end: 'プロセスの終了',
    newcomers: '新しい接続は断る',
  },
} as const

const x = (ms: number): number => ((ms - FROM) / (TO - FROM)) * WIDTH

/** Orders in work at the signal, and the moment the process ends, which the reader moves. Complete without script at its first value. */
export const StopPicture = ({ language }: { readonly language: Language }) => {
  const [end, setEnd] = useState(240)
  const id = useId()
  const words = WORDS[language]
  // Near the right edge the label stands to the left of its line.
  const late = end > 300
  const cut = ORDERS.filter(([, ends]) => ends > end).length
  return (
    <figure class="stop-picture not-content">
      <style>{STYLE}</style>
      <svg viewBox={`0 0 ${WIDTH} ${BOTTOM + 24}`} role="img" aria-label={`${words.label}: ${words.at(end)}. ${words.tell(cut)}`}>
        <rect class="closed" x={x(0)} y={TOP - 6} width={WIDTH - x(0)} height={BOTTOM - TOP + 8} />
        <text class="quiet" x={WIDTH - 6} y={BOTTOM + 18} text-anchor="end">
          {words.newcomers}
        </text>
        {ORDERS.map(([begins, ends], row) => {
          const y = TOP + row * ROW
          const lost = ends > end
          return (
            <g key={begins}>
              <rect class="order" x={x(begins)} y={y} width={x(Math.min(ends, end)) - x(begins)} height={ROW - 5} rx="2" />
              {lost && <rect class="lost" x={x(end)} y={y + 0.5} width={x(ends) - x(end)} height={ROW - 6} />}
              {lost && <path class="cross" d={`M${x(end) - 5} ${y + 0.5}l10 10m0-10l-10 10`} />}
            </g>
          )
        })}
        <path class="signal" d={`M${x(0)} 8V${BOTTOM + 4}`} />
        <text x={x(0) - 6} y="16" text-anchor="end">
          SIGTERM
        </text>
        <path class="end" d={`M${x(end)} 26V${BOTTOM + 4}`} />
        <text x={x(end) + (late ? -6 : 6)} y="34" text-anchor={late ? 'end' : 'start'}>
          {words.end}
        </text>
      </svg>
      <div class="control">
        <label for={id}>{words.label}</label>
        <input
          id={id}
          type="range"
          min="0"
          max="700"
          step="20"
          value={end}
          aria-valuetext={words.at(end)}
          onInput={(event) => setEnd(Number(event.currentTarget.value))}
        />
        <output for={id}>{words.at(end)}</output>
      </div>
      <figcaption aria-live="polite">{words.tell(cut)}</figcaption>
    </figure>
  )
}

const STYLE = `
.stop-picture { margin: 1.5rem 0; padding: 0.75rem 1rem; border: 1px solid var(--hatoba-line); border-radius: var(--hatoba-radius); background: var(--hatoba-raised); }
.stop-picture svg { display: block; width: 100%; height: auto; font-size: 14px; }
.stop-picture text { fill: var(--hatoba-text); }
.stop-picture .quiet { fill: var(--hatoba-muted); }
.stop-picture .closed { fill: var(--hatoba-sunk); }
.stop-picture .order { fill: var(--hatoba-accent); }
.stop-picture .lost { fill: none; stroke: var(--hatoba-bad); stroke-dasharray: 3 3; }
.stop-picture .cross { fill: none; stroke: var(--hatoba-bad); stroke-width: 2.5; }
.stop-picture .signal, .stop-picture .end { fill: none; stroke: var(--hatoba-strong); stroke-width: 1.5; }
.stop-picture .end { stroke-dasharray: 6 3; }
.stop-picture .control { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: center; margin-top: 0.5rem; }
.stop-picture input { flex: 1 1 12rem; accent-color: var(--hatoba-accent); min-height: 1.5rem; }
.stop-picture output { font-variant-numeric: tabular-nums; min-width: 11rem; }
.stop-picture figcaption { margin-top: 0.35rem; color: var(--hatoba-strong); }
`
