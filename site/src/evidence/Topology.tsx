import type { Evidence } from '../../../labs/kit/evidence.ts'
import type { Words } from '../words.ts'
import { layOutTopology, type Point, type TopologyLayout } from './topology-layout.ts'
import { visible } from './visible.ts'

type TopologyEvidence = Extract<Evidence, { kind: 'topology' }>
type Stage = TopologyEvidence['stages'][number]

/** Who could reach whom before, during and after the fault; one picture alone is none of the three. */
export const Topology = ({ evidence, words }: { evidence: TopologyEvidence; words: Words }) => {
  const w = words.evidence
  const layout = layOutTopology(evidence.stages)
  return (
    <div class="topology">
      {evidence.stages.map((stage) => (
        <figure key={stage.name}>
          {evidence.stages.length > 1 && (
            <figcaption>{stage.called === undefined ? w.stages[stage.name] : visible(stage.called)}</figcaption>
          )}
          <Drawing stage={stage} layout={layout} />
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

const Drawing = ({ stage, layout }: { stage: Stage; layout: TopologyLayout }) => {
  const { width, height, node, at } = layout
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <defs>
        <marker id={`tip-${stage.name}`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0l8 4-8 4z" class="tip" />
        </marker>
      </defs>
      {stage.edges.map(({ from, to, up }) => {
        const [a, b] = [at.get(from), at.get(to)]
        if (!a || !b) return null
        const begin = border(a, b, node)
        const end = border(b, a, node)
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
              <rect x={place.x - node.width / 2} y={place.y - node.height / 2} width={node.width} height={node.height} rx="4" />
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

/** Where the line from `from` to `to` leaves the box of `from`. */
const border = (from: Point, to: Point, node: TopologyLayout['node']): Point => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const scale = Math.min((node.width / 2 + 3) / Math.max(Math.abs(dx), 0.01), (node.height / 2 + 3) / Math.max(Math.abs(dy), 0.01))
  return { x: from.x + dx * scale, y: from.y + dy * scale }
}
