import type { Path } from '../finding.ts'

/** Where a value stands: offsets into the file's text. Places form the same tree as the values. */
export interface Place {
  readonly offset: number
  /** Where its key begins, for a value in a mapping. */
  readonly keyOffset?: number
  readonly children?: ReadonlyMap<string, Place> | readonly Place[]
}

/** The place of a path, or of the deepest part of it that exists; `key` says that the key is meant, not the value. */
export const placeOf = (root: Place, path: Path, want: 'key' | 'value' = 'value'): number => {
  let place = root
  for (const [index, step] of path.entries()) {
    const next = childOf(place, step)
    // What is missing is missing from its parent: the parent's key is where a reader looks.
    if (next === undefined) return index === 0 ? place.offset : (place.keyOffset ?? place.offset)
    place = next
  }
  return want === 'key' ? (place.keyOffset ?? place.offset) : place.offset
}

const childOf = ({ children }: Place, step: string | number): Place | undefined => {
  if (children === undefined) return undefined
  if (children instanceof Map) return children.get(String(step))
  return (children as readonly Place[])[Number(step)]
}
