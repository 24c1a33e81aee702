import { useMemo, useRef, useState } from 'preact/hooks'
import { ScrollBox } from '../ui/ScrollBox.tsx'
import type { Words } from '../words.ts'
import type { LogEvidence } from './timeline/Detail.tsx'
import { visible } from './visible.ts'

/** What the service wrote, with time and stream; can be filtered, and jumps to the lines a finding names. */
export const LogView = ({ evidence, title, words }: { evidence: LogEvidence; title: string; words: Words }) => {
  const [filter, setFilter] = useState('')
  const [stream, setStream] = useState<'all' | 'stdout' | 'stderr'>('all')
  const list = useRef<HTMLElement>(null)
  const w = words.evidence
  const { lines, points = [] } = evidence
  const services = new Set(lines.map(({ service }) => service)).size > 1
  const shown = useMemo(
    () =>
      lines
        .map((line, index) => ({ line, index }))
        .filter(({ line }) => (stream === 'all' || line.stream === stream) && line.text.toLowerCase().includes(filter.toLowerCase())),
    [lines, filter, stream],
  )
  const jump = (): void => {
    setFilter('')
    setStream('all')
    requestAnimationFrame(() => {
      const row = list.current?.querySelector('[data-named="true"]')
      row?.scrollIntoView({ block: 'center' })
    })
  }
  return (
    <div class="log">
      <div class="tools">
        <input
          type="search"
          value={filter}
          aria-label={w.filter}
          placeholder={w.filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <select aria-label={w.stream} value={stream} onChange={(event) => setStream(event.currentTarget.value as typeof stream)}>
          <option value="all">{w.allStreams}</option>
          <option value="stdout">stdout</option>
          <option value="stderr">stderr</option>
        </select>
        {points.length > 0 && (
          <button type="button" class="quiet" onClick={jump}>
            {w.jump}
          </button>
        )}
        <small>{w.lines(shown.length, lines.length)}</small>
      </div>
      <ScrollBox label={title} box={list}>
        <table class="lines">
          <thead class="sr-only">
            <tr>
              <th scope="col">{w.time}</th>
              <th scope="col">{w.stream}</th>
              {services && <th scope="col">{w.service}</th>}
              <th scope="col">{w.text}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ line, index }) => (
              <tr key={index} data-stream={line.stream} data-named={points.includes(index)}>
                <td class="time">{clock(line.at)}</td>
                <td class="stream">{line.stream}</td>
                {services && <td>{line.service}</td>}
                <td class="text">
                  <code>{visible(line.text)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </div>
  )
}

const clock = (at: number): string => {
  const date = new Date(at)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
