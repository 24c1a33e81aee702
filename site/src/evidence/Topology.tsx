import type { Evidence } from '../../../labs/kit/evidence.ts'
import type { Words } from '../words.ts'
import { visible } from './visible.ts'

type TopologyEvidence = Extract<Evidence, { kind: 'topology' }>
type Stage = TopologyEvidence['stages'][number]

const SIZE = 220
const NODE = { width: 84, height: 30 }

/** Who could reach whom before, during and after the fault; one picture alone is none of the three. */
export const Topology = ({ evidence, words }: { evidence: TopologyEvidence; words: Words }) => {
  const w = words.evidence
  return (
    <div class="topology">
      {evidence.stages.map((stage) => (
        <figure key={stage.name}>
          {evidence.stages.length > 1 && <figcaption>{w.stages[stage.name]}</figcaption>}
          <Drawing stage={stage} />
          <ul class="sr-only">
            {stage.services.map(({ name, up }) => (
              <li key={name}>
                {visible(name)}: {up ? w.up : w.down}
              </li>
            ))}
            {stage.edges.map(({ from, to, up }) => (
              <li key={`${from} ${to}`}>
                {visible(from)} {up ? w.reaches : w.reachesNot} {visible(to)}
              </li>
            ))}
          </ul>
        </figure>
      ))}
    </div>
  )
}

const Drawing = ({ stage }: { stage: Stage }) => {
  const at = placesOf(stage)
  return (
    <svg viewBox={`0 0 ${SIZE} ${SIZE}`} width={SIZE} height={SIZE} aria-hidden="true">
      <defs>
        <marker id={`tip-${stage.name}`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0l8 4-8 4z" class="tip" />
        </marker>
      </defs>
      {stage.edges.map(({ from, to, up }) => {
        const [a, b] = [at.get(from), at.get(to)]
        if (!a || !b) return null
        const begin = border(a, b)
        const end = border(b, a)
        return (
          <g key={`${from} ${to}`} class={`edge ${up ? 'up' : 'down'}`}>
            <line x1={begin.x} y1={begin.y} x2={end.x} y2={end.y} marker-end={up ? `url(#tip-${stage.name})` : undefined} />
            {!up && <path d={`M${(begin.x + end.x) / 2 - 6} ${(begin.y + end.y) / 2 - 6}l12 12m0-12-12 12`} />}
          </g>
        )
      })}
      {stage.services.map(({ name, up }) => {
        const place = at.get(name)
        return (
          place && (
            <g key={name} class={`node ${up ? 'up' : 'down'}`}>
              <rect x={place.x - NODE.width / 2} y={place.y - NODE.height / 2} width={NODE.width} height={NODE.height} rx="4" />
              <text x={place.x} y={place.y} text-anchor="middle" dominant-baseline="central">
                {up ? '' : '\u2715 '}
                {visible(name)}
              </text>
            </g>
          )
        )
      })}
    </svg>
  )
}

interface Point {
  readonly x: number
  readonly y: number
}

/** On a ring, in the order given; two stand above each other. */
const placesOf = ({ services }: Stage): Map<string, Point> => {
  const radius = services.length === 1 ? 0 : SIZE / 2 - NODE.height
  return new Map(
    services.map(({ name }, index) => {
      const angle = (index / services.length) * 2 * Math.PI - Math.PI / 2
      return [name, { x: SIZE / 2 + radius * Math.cos(angle) * 0.78, y: SIZE / 2 + radius * Math.sin(angle) }]
    }),
  )
}

/** Where the line from `from` to `to` leaves the box of `from`. */
const border = (from: Point, to: Point): Point => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const scale = Math.min((NODE.width / 2 + 3) / Math.max(Math.abs(dx), 0.01), (NODE.height / 2 + 3) / Math.max(Math.abs(dy), 0.01))
  return { x: from.x + dx * scale, y: from.y + dy * scale }
}
