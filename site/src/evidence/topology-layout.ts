import type { Evidence } from '../../../labs/kit/evidence.ts'

type Stage = Extract<Evidence, { kind: 'topology' }>['stages'][number]

export interface Point {
  readonly x: number
  readonly y: number
}

export interface TopologyLayout {
  readonly width: number
  readonly height: number
  readonly node: { readonly width: number; readonly height: number }
  /** The middle of each service's box. */
  readonly at: ReadonlyMap<string, Point>
}

const NODE_HEIGHT = 30
const [COLUMN_GAP, ROW_GAP] = [56, 16]
const [LEAST_WIDTH, CHARACTER, PADDING] = [72, 7, 26]
/** Room for the outline of a box at the edge. */
const MARGIN = 2

/**
 * Columns from those whom nobody asks to those who are asked last, so that no box lies on another and no line to the next column on
 * a box. All stages have the same places: what is in one of them only leaves its place empty in the others.
 */
export const layOutTopology = (stages: readonly Stage[]): TopologyLayout => {
  const names = [...new Set(stages.flatMap(({ services }) => services.map(({ name }) => name)))]
  const columns = columnsOf(names, stages)
  const width = Math.max(LEAST_WIDTH, ...names.map((name) => name.length * CHARACTER + PADDING))
  const rows = Math.max(1, ...columns.map((column) => column.length))
  const height = rows * (NODE_HEIGHT + ROW_GAP) - ROW_GAP
  const at = new Map<string, Point>()
  for (const [number, column] of columns.entries()) {
    const top = (height - column.length * (NODE_HEIGHT + ROW_GAP) + ROW_GAP) / 2
    for (const [row, name] of column.entries())
      at.set(name, {
        x: MARGIN + number * (width + COLUMN_GAP) + width / 2,
        y: MARGIN + top + row * (NODE_HEIGHT + ROW_GAP) + NODE_HEIGHT / 2,
      })
  }
  return {
    width: 2 * MARGIN + Math.max(1, columns.length) * (width + COLUMN_GAP) - COLUMN_GAP,
    height: 2 * MARGIN + height,
    node: { width, height: NODE_HEIGHT },
    at,
  }
}

/** By the fewest steps from somebody whom nobody asks; in a ring of all, from the first named. */
const columnsOf = (names: readonly string[], stages: readonly Stage[]): readonly (readonly string[])[] => {
  const edges = stages.flatMap((stage) => stage.edges)
  const columns: string[][] = []
  const left = new Set(names)
  let column = names.filter((name) => !edges.some(({ from, to }) => to === name && from !== name))
  while (left.size > 0) {
    if (column.length === 0) column = [...left].slice(0, 1)
    for (const name of column) left.delete(name)
    columns.push(column)
    const asking = column
    column = [...left].filter((name) => edges.some(({ from, to }) => to === name && asking.includes(from)))
  }
  return columns
}
