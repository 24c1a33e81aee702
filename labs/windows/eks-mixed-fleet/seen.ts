import type { Evidence } from '../../kit/index.ts'
import { obstacle } from './builds.ts'
import { filterOf, taintText } from './explain.ts'
import { FLEET, type Given, type GivenNode, type Workload } from './given.ts'
import type { Copy } from './pods.ts'

export interface Known {
  readonly images: Readonly<Record<Workload, Given>>
  readonly nodes: readonly GivenNode[]
}

/** A copy on a node that cannot start it, and what keeps it from that. `unknown`: the node is none of the fleet. */
export interface Misplaced {
  readonly copy: Copy
  readonly node: GivenNode | undefined
  readonly because: 'os' | 'build' | 'unknown'
}

export const misplacedIn = (copies: readonly Copy[], known: Known): readonly Misplaced[] =>
  copies.flatMap((copy): Misplaced[] => {
    if (copy.node === undefined) return []
    const node = known.nodes.find(({ name }) => name === copy.node)
    const because = node === undefined ? 'unknown' : obstacle(known.images[copy.workload].system, node.system)
    return because === undefined ? [] : [{ copy, node, because }]
  })

/** Where every copy is, its image's build against that of the node. */
export const landingTable = (copies: readonly Copy[], known: Known): Evidence => {
  const rows = copies.map((copy) => {
    const { system } = known.images[copy.workload]
    const node = known.nodes.find(({ name }) => name === copy.node)
    const [wrong] = misplacedIn([copy], known)
    const starts = copy.node === undefined ? '-' : wrong === undefined ? 'yes' : `no: ${wrong.because}`
    return [copy.name, system.os, system.build ?? '-', copy.node ?? '-', node?.system.os ?? '-', node?.system.build ?? '-', starts] as const
  })
  return {
    kind: 'table',
    title: 'landings',
    columns: ['POD', 'IMAGE OS', 'IMAGE BUILD', 'NODE', 'NODE OS', 'NODE BUILD', 'STARTS'],
    rows,
    differing: rows.flatMap(([, , , , , , starts], row) => (starts.startsWith('no') ? [[row, 6] as const] : [])),
  }
}

/** Which plugin of the scheduler keeps a copy from each node of the fleet, where that is known. */
export const filterTable = (copy: Copy, known: Known): Evidence => {
  const nodes = known.nodes.filter(({ groups }) => groups.includes(FLEET))
  const { system } = known.images[copy.workload]
  return {
    kind: 'table',
    title: 'filters',
    of: copy.name,
    columns: ['NODE', 'OS', 'BUILD', 'TAINTS', 'CPU', 'MEMORY', 'FILTER'],
    rows: nodes.map((node) => [
      node.name,
      node.system.os,
      node.system.build ?? '-',
      node.taints.map(taintText).join(' ') || '-',
      node.allocatable['cpu'] ?? '-',
      node.allocatable['memory'] ?? '-',
      filterOf(copy.spec, node) ?? '-',
    ]),
    differing: nodes.flatMap((node, row) =>
      obstacle(system, node.system) === undefined && filterOf(copy.spec, node) !== undefined ? [[row, 6] as const] : [],
    ),
  }
}
