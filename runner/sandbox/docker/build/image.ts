import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import { z } from 'zod'
import type { BuiltImage } from '../../contract.ts'
import { parseConfig, type RawConfig, toConfig, toHistory, toLayers } from './config.ts'
import { flatten } from './flatten.ts'
import { visitLayer } from './layers.ts'
import type { Stock } from './stock.ts'
import type { Received } from './transfer.ts'

/** A built image with what the engine needs to have it. */
export interface Result {
  readonly image: BuiltImage
  /** An archive that `docker load` takes: the config with our labels, and of the layers only what the engine lacks, as one. */
  archive(as: { readonly reference: string; readonly labels: Readonly<Record<string, string>> }): Promise<Readable>
}

const manifestSchema = z.object({ layers: z.array(z.object({ digest: z.string() })) })
const indexSchema = z.object({ manifests: z.tuple([z.object({ digest: z.string() })]) })

interface Blob {
  readonly diffId: string
  /** Compressed, on our disk; absent for a layer of the base. */
  readonly file: { readonly path: string; readonly bytes: number } | undefined
}

/** Reads what the builder sent. Throws when it contradicts itself. */
export const readImage = async ({ files }: Received, bases: Stock['bases']): Promise<Result> => {
  const need = (name: string) => {
    const file = files.get(name)
    if (!file) throw new Error(`The builder did not send ${name}`)
    return file
  }
  const config = await readFile(need('config').path, 'utf8')
  const raw = parseConfig(config)
  const { manifests } = indexSchema.parse(JSON.parse(await readFile(need('index').path, 'utf8')))
  const manifest = manifestSchema.parse(JSON.parse(await readFile(need(hexOf(manifests[0].digest)).path, 'utf8')))
  const blobs = raw.rootfs.diff_ids.map((diffId, index): Blob => ({ diffId, file: files.get(hexOf(manifest.layers[index]?.digest ?? '')) }))
  const below = blobs.findIndex(({ file }) => file) < 0 ? blobs.length : blobs.findIndex(({ file }) => file)
  if (blobs.slice(below).some(({ file }) => !file)) throw new Error('The builder did not send a layer')
  const base = bases.find(({ diffIds }) => diffIds.length === below && diffIds.every((diffId, index) => blobs[index]?.diffId === diffId))
  if (below > 0 && !base) throw new Error('The builder did not begin with a base of ours')
  return { image: await toImage(config, raw, blobs, below, base?.size ?? 0), archive: (as) => toArchive(raw, config, blobs, as) }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const hexOf = (digest: string): string => digest.replace(/^sha256:/, '')

const toImage = async (json: string, raw: RawConfig, blobs: readonly Blob[], below: number, baseBytes: number): Promise<BuiltImage> => {
  const sizes = await Promise.all(blobs.slice(below).map(({ file }) => sizeOf(file?.path)))
  const layers = toLayers(
    raw,
    blobs.slice(0, below).map(({ diffId }) => diffId),
    baseBytes,
    sizes,
  )
  const config = toConfig(raw)
  const pathOf = (layer: number) => blobs[layer]?.file?.path
  return {
    id: `sha256:${sha256(json)}`,
    bytes: layers.reduce((sum, { bytes }) => sum + bytes, 0),
    command: [...config.entrypoint, ...config.cmd],
    config,
    layers,
    history: toHistory(raw),
    async files(layer) {
      const found: Awaited<ReturnType<BuiltImage['files']>>[number][] = []
      const path = pathOf(layer)
      if (path !== undefined) await visitLayer(path, (file) => void found.push(file))
      return found
    },
    async read(layer, wanted) {
      let bytes: Uint8Array | undefined
      const path = pathOf(layer)
      const plain = wanted.replace(/^\/+/, '')
      if (path !== undefined) {
        await visitLayer(path, async (file, content) => {
          if (file.kind === 'file' && file.path === plain) bytes = new Uint8Array(await content())
        })
      }
      return bytes
    },
    async find(needle) {
      const found: { layer: number; path: string }[] = []
      for (const [layer, { file }] of blobs.entries()) {
        if (!file) continue
        await visitLayer(file.path, async ({ kind, path, bytes }, content) => {
          if (kind === 'file' && bytes >= needle.length && (await content()).includes(Buffer.from(needle))) found.push({ layer, path })
        })
      }
      return found
    },
  }
}

const sizeOf = async (path: string | undefined): Promise<number> => {
  const sizes: number[] = []
  if (path !== undefined) await visitLayer(path, ({ kind, bytes }) => void (kind === 'file' && sizes.push(bytes)))
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

/** The layers above the base as the engine takes them: one made of all where that says the same. */
const toLoadable = async (blobs: readonly Blob[]): Promise<readonly Blob[]> => {
  const above = blobs.flatMap(({ file }) => (file ? [file.path] : []))
  const [first] = above
  if (first === undefined || above.length < 2) return blobs
  const flat = await flatten(above, `${first}.flat`)
  return flat ? [...blobs.filter(({ file }) => !file), { diffId: flat.diffId, file: flat }] : blobs
}

const toArchive = async (
  raw: RawConfig,
  json: string,
  blobs: readonly Blob[],
  { reference, labels }: Parameters<Result['archive']>[0],
): Promise<Readable> => {
  const loadable = await toLoadable(blobs)
  const parsed = JSON.parse(json) as {
    config?: { Labels?: object }
    rootfs?: object
    history?: readonly { readonly empty_layer?: boolean }[]
  }
  let left = loadable.length
  const config = JSON.stringify({
    ...parsed,
    config: { ...parsed.config, Labels: { ...raw.config.Labels, ...labels } },
    rootfs: { ...parsed.rootfs, diff_ids: loadable.map(({ diffId }) => diffId) },
    // The engine wants as many entries with a layer as there are layers.
    history: (parsed.history ?? []).map((entry) => (entry.empty_layer || left-- > 0 ? entry : { ...entry, empty_layer: true })),
  })
  const name = `${sha256(config)}.json`
  const archive = pack()
  const write = async (): Promise<void> => {
    archive.entry({ name }, config)
    archive.entry(
      { name: 'manifest.json' },
      JSON.stringify([{ Config: name, RepoTags: [reference], Layers: loadable.map(({ diffId }) => `${hexOf(diffId)}.tar`) }]),
    )
    const sent = new Set<string>()
    for (const { diffId, file } of loadable) {
      if (!file || sent.has(diffId)) continue
      sent.add(diffId)
      await pipeline(createReadStream(file.path), archive.entry({ name: `${hexOf(diffId)}.tar`, size: file.bytes }))
    }
    archive.finalize()
  }
  write().catch((thrown: Error) => archive.destroy(thrown))
  return Readable.from(archive)
}
