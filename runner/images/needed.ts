import type { Lab } from '../../labs/kit/lab.ts'
import type { ImageName } from '../sandbox/contract.ts'
import { BUILDABLE, recipeOf } from './recipe.ts'

/** One name for each image that these labs need, the prober's own included. Pure. */
export const imagesOf = (labs: readonly Pick<Lab, 'sandbox'>[]): readonly ImageName[] => {
  const named = new Set<ImageName>([
    'node',
    ...labs.flatMap(({ sandbox }) => (sandbox?.kind === 'docker' ? [sandbox.image, ...(sandbox.images ?? [])] : [])),
  ])
  const byRecipe = new Map(BUILDABLE.filter((name) => named.has(name)).map((name) => [recipeOf(name), name]))
  return [...byRecipe.values()]
}
