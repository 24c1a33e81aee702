import { type FoundEngine, toAddress } from '../engine/endpoint.ts'
import type { Environment } from '../environment.ts'
import { Fault } from '../fault.ts'
import { installAgent } from '../images/agent/install.ts'
import { DEBOOTSTRAP } from '../images/bootstrap.ts'
import { ensureImages, hasImage } from '../images/ensure.ts'
import { recipeOf, referenceOf } from '../images/recipe.ts'
import type { ImageName } from '../sandbox/contract.ts'
import { connectEngine } from '../sandbox/docker/engine.ts'
import { installPackages } from './packages.ts'
import type { Preparing } from './prepare.ts'
import { type Progress, progress, say } from './terminal.ts'

/** Builds those of these lab images that the engine lacks. Throws `Fault` `image.build` or `engine.*`. */
export const prepareImages = async (
  found: FoundEngine,
  names: readonly ImageName[],
  {
    environment,
    data = environment.HATOBA_DATA,
    installing,
    signal,
  }: Pick<Preparing, 'environment' | 'installing' | 'signal'> & { readonly data?: string },
): Promise<void> => {
  const missing = await missingImages(found, names)
  if (missing.length > 0) await buildImages(found, missing, { environment, installing, signal })
  await installAgents(found, names, { data, signal })
}

const buildImages = async (
  found: FoundEngine,
  missing: readonly ImageName[],
  { environment, installing, signal }: Pick<Preparing, 'environment' | 'installing' | 'signal'>,
): Promise<void> => {
  const engine = connectEngine(toAddress(found.endpoint))
  await ensureBuilder(environment, installing, signal)
  for (const name of missing) {
    let shown: Progress | undefined
    try {
      await ensureImages(engine, [name], {
        signal,
        onProgress: ({ reference, step, done, of, seconds }) => {
          shown ??= progress(`building the lab image ${reference} from Debian packages (about ${seconds} s)`)
          shown.update(done / of, step)
        },
      })
    } finally {
      shown?.[Symbol.dispose]()
    }
  }
}

/** Puts the resident agent into these lab images. Without it labs work all the same, each container started when it is needed. */
const installAgents = async (
  found: FoundEngine,
  names: readonly ImageName[],
  { data, signal }: Pick<Preparing, 'data' | 'signal'>,
): Promise<void> => {
  const engine = connectEngine(toAddress(found.endpoint))
  for (const name of names) {
    try {
      await installAgent(engine, referenceOf(recipeOf(name)), { data, signal })
    } catch (thrown) {
      signal.throwIfAborted()
      say(`sandboxes will start slower than they could: ${Fault.from(thrown).message}`)
      return
    }
  }
}

/** Those of these images that the engine does not have; names that share one image count once. */
export const missingImages = async (found: FoundEngine, names: readonly ImageName[]): Promise<readonly ImageName[]> => {
  const engine = connectEngine(toAddress(found.endpoint))
  const missing = new Map<string, ImageName>()
  for (const name of names) {
    const reference = referenceOf(recipeOf(name))
    if (!missing.has(reference) && !(await hasImage(engine, reference))) missing.set(reference, name)
  }
  return [...missing.values()]
}

/** An engine that was here before may come without the program that builds images. What cannot be installed is told by the build. */
const ensureBuilder = async (environment: Environment, installing: Preparing['installing'], signal: AbortSignal): Promise<void> => {
  if (installing === 'no') return
  const says = `installing Debian's ${DEBOOTSTRAP}, which builds the lab image, with apt-get (about 10 s)`
  await installPackages([[DEBOOTSTRAP, DEBOOTSTRAP]], { environment, says, signal })
}
