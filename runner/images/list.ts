import type { Engine } from '../sandbox/docker/engine.ts'
import { LABEL } from './ensure.ts'
import { BUILDABLE, recipeOf, referenceOf } from './recipe.ts'

/** A lab image, there or not. */
export interface LabImage {
  readonly reference: string
  /** The names that labs use for it; none when no recipe makes it any more. */
  readonly names: readonly string[]
  /** Absent: not built. */
  readonly built?: { readonly at: number; readonly sizeMiB: number }
}

/** Every image that a recipe makes and every image of ours that the engine has, current ones first. Throws `Fault` `engine.*`. */
export const listImages = async (engine: Engine): Promise<readonly LabImage[]> => {
  const wanted = new Map<string, string[]>()
  for (const name of BUILDABLE) {
    const reference = referenceOf(recipeOf(name))
    wanted.set(reference, [...(wanted.get(reference) ?? []), name])
  }
  const found = await engine.call('list images', (docker) => docker.listImages({ filters: { label: [LABEL] } }))
  // What was made from one of ours carries its label too, but not its name.
  const own = found.flatMap(({ RepoTags, Labels, ...image }) =>
    (RepoTags ?? []).filter((tag) => Labels[LABEL] === tag).map((tag) => ({ tag, ...image })),
  )
  const built = new Map(own.map(({ tag, Created, Size }) => [tag, { at: Created * 1000, sizeMiB: Size / 2 ** 20 }]))
  const old = [...built.keys()].filter((reference) => !wanted.has(reference))
  return [...wanted.keys(), ...old].map((reference) => {
    const image = built.get(reference)
    return { reference, names: wanted.get(reference) ?? [], ...(image && { built: image }) }
  })
}

/** Removes an image of ours; false when it is not there. One that a container still uses stays and is told as `engine.failed`. */
export const removeImage = async (engine: Engine, reference: string): Promise<boolean> =>
  (await engine.unless([404], `remove the image ${reference}`, (docker) => docker.getImage(reference).remove())) !== undefined

/** Removes the images that no recipe makes any more and nothing uses; those removed. */
export const removeOldImages = async (engine: Engine): Promise<readonly string[]> => {
  const removed: string[] = []
  for (const { reference, names } of await listImages(engine)) {
    if (names.length > 0) continue
    if ((await engine.unless([404, 409], `remove the image ${reference}`, (docker) => docker.getImage(reference).remove())) !== undefined)
      removed.push(reference)
  }
  return removed
}
