import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import type { Evidence } from '../../../labs/kit/evidence.ts'
import type { Language } from '../../../labs/kit/finding.ts'
import { Icon } from '../ui/Icon.tsx'
import { lazily } from '../ui/lazy.tsx'
import { type Words, wordsOf } from '../words.ts'
import { DiffView } from './DiffView.tsx'
import { LogView } from './LogView.tsx'
import { TableView } from './TableView.tsx'
import { Topology } from './Topology.tsx'
import type { LogEvidence } from './timeline/Detail.tsx'
import { Timeline } from './timeline/Timeline.tsx'
import { visible } from './visible.ts'
import './evidence.css'

const Series = lazily(() => import('./Series.tsx').then((module) => module.Series))

/** Everything a finding has to show, each piece with a heading and the means to enlarge it. */
export const EvidenceList = ({ evidence, language }: { evidence: readonly Evidence[]; language: Language }) => {
  const words = wordsOf(language)
  const logs = evidence.filter((piece): piece is LogEvidence => piece.kind === 'log')
  return (
    <>
      {evidence.map((piece, index) => {
        const title = titleOf(piece, words)
        return (
          <Frame key={index} title={title} words={words}>
            {draw(piece, title, logs, words)}
          </Frame>
        )
      })}
    </>
  )
}

const draw = (piece: Evidence, title: string, logs: readonly LogEvidence[], words: Words): ComponentChildren => {
  switch (piece.kind) {
    case 'timeline':
      return <Timeline evidence={piece} title={title} logs={logs} words={words} />
    case 'log':
      return <LogView evidence={piece} title={title} words={words} />
    case 'diff':
      return (
        <DiffView
          before={piece.expected}
          after={piece.actual}
          names={[words.evidence.expected, words.evidence.actual]}
          title={title}
          words={words}
        />
      )
    case 'table':
      return <TableView evidence={piece} title={title} words={words} />
    case 'series':
      return <Series evidence={piece} title={title} words={words} placeholder={words.loading} />
    case 'topology':
      return <Topology evidence={piece} words={words} />
    default:
      return nothing(piece)
  }
}

/** A newer server may send kinds that this page cannot draw. */
const nothing = (_piece: never): null => null

/** The lab's own words, or in older verdicts and where the kind says enough, those for its kind. */
const titleOf = (piece: Evidence, words: Words): string => {
  const title = piece.title ?? words.evidence.kinds[piece.kind]
  return piece.of === undefined ? title : `${title}: ${visible(piece.of)}`
}

const Frame = ({ title, words, children }: { title: string; words: Words; children: ComponentChildren }) => {
  const frame = useRef<HTMLElement>(null)
  const enlarge = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen()
    else void frame.current?.requestFullscreen()
  }
  return (
    <section class="evidence" ref={frame}>
      <header>
        <h5>{title}</h5>
        <button
          type="button"
          class="quiet icon-only"
          aria-label={`${words.evidence.enlarge}: ${title}`}
          title={words.evidence.enlarge}
          onClick={enlarge}
        >
          <Icon name="enlarge" />
        </button>
      </header>
      {children}
    </section>
  )
}
