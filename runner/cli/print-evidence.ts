import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'
import pc from 'picocolors'
import type { Evidence, Picture } from '../../labs/kit/evidence.ts'
import type { Language } from '../../labs/kit/finding.ts'
import { PICTURE_WORDS } from '../../labs/kit/picture-words.ts'
import { CLI_WORDS } from './words.ts'

/** How many rows of one piece of evidence a terminal gets. */
const ROWS = 40

/** The text equivalent of a picture below its title; what a learner's program wrote is shown inert. */
export const evidenceLines = (evidence: Evidence, language: Language): string[] => {
  const heading = [evidence.title, evidence.of].filter((part) => part !== undefined).join(': ')
  return [...(heading === '' ? [] : [pc.underline(inert(heading))]), ...pictureLines(evidence, language)]
}

const pictureLines = (evidence: Picture, language: Language): string[] => {
  const [words, { marks, stages, up, down }] = [CLI_WORDS[language], PICTURE_WORDS[language]]
  const capped = (lines: readonly string[]): string[] =>
    lines.length <= ROWS ? [...lines] : [...lines.slice(0, ROWS), words.more(lines.length - ROWS)]
  switch (evidence.kind) {
    case 'log':
      return capped(
        evidence.lines.map(
          (line) => `${clock(line.at)} ${line.service ?? ''} ${line.stream === 'stderr' ? 'err' : 'out'} ${inert(line.text)}`,
        ),
      )
    case 'diff':
      return [
        ...capped(evidence.expected.split('\n').map((line) => `- ${inert(line)}`)),
        ...capped(evidence.actual.split('\n').map((line) => `+ ${inert(line)}`)),
      ]
    case 'table': {
      const table = new Table({ head: [...evidence.columns], style: { head: [], border: [] } })
      for (const row of evidence.rows.slice(0, ROWS)) table.push(row.map((cell) => inert(String(cell))))
      return table.toString().split('\n')
    }
    case 'timeline': {
      const began = Math.min(...evidence.requests.map(({ startedAt }) => startedAt), ...evidence.marks.map(({ at }) => at))
      const after = (at: number): string => `${(at - began).toFixed(0)} ms`
      const unanswered = evidence.requests.filter(({ error, status = 599 }) => error !== undefined || status >= 500)
      return [
        words.requests(evidence.requests.length, unanswered.length),
        ...evidence.marks.map(({ at, what, service }) => `${after(at)}: ${marks[what]}${service ? ` ${inert(service)}` : ''}`),
        ...capped(
          unanswered.map(
            ({ id, startedAt, endedAt, error, status }) => `${after(startedAt)} - ${after(endedAt)}: ${id} ${error ?? status}`,
          ),
        ),
      ]
    }
    case 'series':
      return evidence.series.map(
        ({ name, points }) =>
          `${name}: ${points
            .slice(0, ROWS)
            .map(([, value]) => value)
            .join(' ')} ${evidence.unit}`,
      )
    case 'topology':
      return evidence.stages.map(
        ({ name, called, services }) =>
          `${called ?? stages[name]}: ${services.map((service) => `${service.name} ${service.up ? up : down}`).join(', ')}`,
      )
    default:
      return evidence satisfies never
  }
}

const clock = (at: number): string => new Date(at).toISOString().slice(11, 23)

/** Terminal control sequences removed, other control characters made visible. */
const inert = (text: string): string =>
  stripVTControlCharacters(text).replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
