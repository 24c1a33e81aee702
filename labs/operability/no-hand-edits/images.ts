import { createHash } from 'node:crypto'
import type { BuiltImage } from '../../kit/index.ts'
import { ownValues, type SettingsOf } from './settings.ts'

/** A value of one environment that everybody can read who has the image. */
export interface Trace {
  readonly environment: string
  readonly setting: string
  /** A path in the image, or the part of its configuration. */
  readonly place: string
  /** The layer that has it, counted from 1; absent where it is the configuration. */
  readonly layer?: number
  /** Whether a later layer removed the file, which takes nothing out of the image. */
  readonly removed: boolean
}

/** Every value of an environment that an image carries, in its files, its configuration or its history. */
export const tracesIn = async (image: BuiltImage, settings: SettingsOf): Promise<readonly Trace[]> => {
  const gone = await removedPaths(image)
  const traces = ownValues(settings).map(async ({ environment, setting, value }): Promise<Trace[]> => {
    const files = await image.find(Buffer.from(value))
    const inFiles = files.map(({ layer, path }) => ({ environment, setting, place: path, layer: layer + 1, removed: gone(layer, path) }))
    const inConfig = configOf(image).filter(([, text]) => text.includes(value))
    return [...inFiles, ...inConfig.map(([place]) => ({ environment, setting, place, removed: false }))]
  })
  return (await Promise.all(traces)).flat()
}

const configOf = ({ config, history }: BuiltImage): readonly (readonly [string, string])[] => [
  ...Object.entries(config.env).map(([name, value]) => [`ENV ${name}`, value] as const),
  ...Object.entries(config.labels).map(([name, value]) => [`LABEL ${name}`, value] as const),
  ['CMD', [...config.entrypoint, ...config.cmd].join(' ')],
  ...history.map(({ createdBy }) => ['history', createdBy] as const),
]

const removedPaths = async (image: BuiltImage) => {
  const removed = await Promise.all(
    image.layers.map(async ({ base }, layer) => (base ? [] : (await image.files(layer)).filter(({ kind }) => kind === 'removed'))),
  )
  return (layer: number, path: string): boolean => removed.slice(layer + 1).some((files) => files.some((file) => file.path === path))
}

/** A file of the learner's in an image, by what is in it. */
export interface Content {
  readonly path: string
  readonly digest: string
}

const MOST_FILES = 60

/** The files that a learner's layers leave in an image, without those of the base. */
export const contentsOf = async (image: BuiltImage): Promise<readonly Content[]> => {
  const found = new Map<string, number>()
  for (const [layer, { base }] of image.layers.entries()) {
    if (base) continue
    for (const { path, kind } of await image.files(layer)) {
      if (kind === 'file') found.set(path, layer)
      else if (kind === 'removed') found.delete(path)
    }
  }
  const files = [...found].sort(([one], [other]) => (one < other ? -1 : 1)).slice(0, MOST_FILES)
  return Promise.all(
    files.map(async ([path, layer]) => ({
      path,
      digest: createHash('sha256')
        .update((await image.read(layer, path)) ?? '')
        .digest('hex'),
    })),
  )
}
