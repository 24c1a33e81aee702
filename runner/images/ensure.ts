import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { arch, platform } from 'node:process'
import { fileURLToPath } from 'node:url'
import { Fault } from '../fault.ts'
import type { Abortable, ImageName } from '../sandbox/contract.ts'
import type { Engine } from '../sandbox/docker/engine.ts'
import { bootstrap } from './bootstrap.ts'
import { PINNED_NODE, PINNED_NPM, type Recipe, recipeOf, referenceOf, toBootstrap, toChanges } from './recipe.ts'

/** One step of a build, for a progress bar: `done` of `of`, each step being about equally long. */
export interface ImageProgress {
  readonly image: ImageName
  readonly reference: string
  readonly step: string
  readonly done: number
  readonly of: number
  /** About how long the whole build takes. */
  readonly seconds: number
}

export interface EnsureOptions extends Abortable {
  readonly onProgress?: (progress: ImageProgress) => void
  /** The Node binary that goes into the image; by default the pinned one of `tools/node`, or the one running. */
  readonly nodeBinary?: string
}

export const LABEL = 'hatoba.image'
const BUILD_SECONDS = 25

/**
 * Makes sure that the engine has these images, building what is missing; resolves to the reference of each.
 * Throws `Fault`: `image.build` when the build failed, `engine.*`.
 */
export const ensureImages = async <N extends ImageName>(
  engine: Engine,
  names: readonly N[],
  options: EnsureOptions = {},
): Promise<Readonly<Record<N, string>>> => {
  const references = {} as Record<N, string>
  for (const name of names) {
    const recipe = recipeOf(name)
    references[name] = referenceOf(recipe)
    options.signal?.throwIfAborted()
    if (!(await hasImage(engine, references[name]))) await buildImage(engine, name, recipe, options)
  }
  return references
}

export const hasImage = async (engine: Engine, reference: string): Promise<boolean> =>
  (await engine.unless([404], 'look for an image', (docker) => docker.getImage(reference).inspect())) !== undefined

const buildImage = async (
  engine: Engine,
  image: ImageName,
  recipe: Recipe,
  { onProgress, nodeBinary, signal }: EnsureOptions,
): Promise<void> => {
  const reference = referenceOf(recipe)
  let done = 0
  const tell = (step: string) =>
    onProgress?.({ image, reference, step, done: Math.min(done, STEPS.length), of: STEPS.length, seconds: BUILD_SECONDS })
  tell('mmdebstrap')
  const build = bootstrap(
    toBootstrap(recipe, {
      nodeBinary: recipe.node === undefined ? '' : (nodeBinary ?? pinnedNode()),
      npmFolder: recipe.npm === undefined ? '' : pinnedNpm(),
    }),
    (line) => {
      const step = STEPS.findIndex((known) => line.includes(known))
      if (step < done) return
      done = step + 1
      tell(line.replace(/^[A-Z]: /, ''))
    },
    signal,
  )
  // A failed bootstrap must end the import too, or the engine keeps half a file system under our name.
  const [imported, built] = await Promise.allSettled([
    engine.call('import an image', (docker) => importTar(docker, build.tar, recipe), { seconds: 600 }),
    build.done,
  ])
  if (built.status === 'rejected') {
    await engine.unless([404, 409], 'remove half an image', (docker) => docker.getImage(reference).remove({ force: true }))
    throw built.reason
  }
  if (imported.status === 'rejected') throw imported.reason
  done = STEPS.length
  tell('imported')
}

const importTar = async (docker: Engine['docker'], tar: NodeJS.ReadableStream, recipe: Recipe): Promise<void> => {
  const reference = referenceOf(recipe)
  const [repo, tag] = reference.split(':')
  const answer = await docker.importImage(tar, {
    repo,
    tag,
    changes: [`LABEL ${LABEL}=${reference}`, ...toChanges(recipe)],
  })
  let said = ''
  answer.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await once(answer, 'end')
  if (/"error"/.test(said)) throw new Fault('image.build', `The engine did not import ${reference}: ${said.trim()}`)
}

/** What mmdebstrap says while it works, in order. */
const STEPS = [
  'running apt-get update',
  'downloading packages',
  'extracting archives',
  'installing essential',
  'installing remaining',
  'running --customize-hook',
  'cleaning package',
  'creating tarball',
]

const pinnedNode = (): string => {
  const pinned = fileURLToPath(new URL(`../../tools/node/node_modules/node-${platform}-${arch}/bin/node`, import.meta.url))
  if (existsSync(pinned)) return pinned
  if (platform === 'linux' && process.versions.node.startsWith('24.')) return process.execPath
  throw new Fault('image.build', `The lab image needs Node ${PINNED_NODE} for linux-${arch}: \`npm ci --prefix tools/node\` installs it.`)
}

/** npm is a dependency of this workspace, so that a lock file names its bytes. */
const pinnedNpm = (): string => {
  const manifest = fileURLToPath(import.meta.resolve('npm/package.json'))
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  if (version !== PINNED_NPM)
    throw new Fault('image.build', `The lab image needs npm ${PINNED_NPM}, but ${version} is installed: run \`npm ci\`.`)
  return dirname(manifest)
}
