import { createHash } from 'node:crypto'

/** Different for every learner, the same for every try of one. */
export const seedOf = ({ learner, lab }: { readonly learner: string; readonly lab: string }): number =>
  createHash('sha256').update(`${learner}\0${lab}`).digest().readUInt32BE(0)
