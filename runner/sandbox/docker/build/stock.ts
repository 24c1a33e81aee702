import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import { Fault } from '../../../fault.ts'
import { bootstrap } from '../../../images/bootstrap.ts'
import { hasImage } from '../../../images/ensure.ts'
import { builderReference, stockedReference, toBuilderBootstrap, toFiles } from '../../../images/recipes/builder.ts'
import type { Abortable } from '../../contract.ts'
import { DEFAULT_LIMITS } from '../../limits.ts'
import { attach } from '../attach.ts'
import { demux } from '../demux.ts'
import type { Engine } from '../engine.ts'
import { removeContainer } from '../started.ts'
import { toFiller } from './request.ts'

/** An image that a FROM may name: in the engine, and in the builder's store. */
export interface Base {
  readonly reference: string
  readonly name: string
}

/** A builder whose store holds the bases, with the layers that the engine has already. */
export interface Stock {
  readonly image: string
  readonly bases: readonly { readonly diffIds: readonly string[]; readonly size: number }[]
}

export interface StockOptions extends Abortable {
  readonly onStep?: (step: string) => void
}

const LABEL = 'hatoba.image'
const FILLER = 'hatoba.filler'
const IMPORT_SECONDS = 600

/** Missing in the types of the client. */
interface SavesImages {
  getImages(options: { readonly names: readonly string[] }): Promise<Readable>
}

/**
 * Makes sure that the engine has a builder that knows these bases, making what is missing: half a minute the first time, three
 * seconds for another set of bases, two calls after that. Throws `Fault`: `image.missing` for a base, `image.build`, `engine.*`.
 */
export const stockBuilder = async (engine: Engine, bases: readonly Base[], { onStep, signal }: StockOptions = {}): Promise<Stock> => {
  const builder = builderReference()
  const known = await Promise.all(
    [...bases]
      .sort((one, other) => (one.reference < other.reference ? -1 : 1))
      .map(async ({ reference, name }) => {
        const { Id, RootFS, Size } = await engine.call(`find the image ${reference}`, (docker) => docker.getImage(reference).inspect())
        return { reference, name, id: Id, diffIds: RootFS.Layers ?? [], size: Size }
      }),
  )
  const image = stockedReference(
    builder,
    known.map(({ name, id }) => ({ name, id })),
  )
  if (!(await hasImage(engine, image))) {
    if (!(await hasImage(engine, builder))) {
      onStep?.('the builder, from Debian packages')
      await importBuilder(engine, builder, onStep, signal)
    }
    signal?.throwIfAborted()
    onStep?.('its base images')
    await fill(engine, builder, image, known)
  }
  return { image, bases: known.map(({ diffIds, size }) => ({ diffIds, size })) }
}

const importBuilder = async (
  engine: Engine,
  reference: string,
  onStep: StockOptions['onStep'],
  signal: AbortSignal | undefined,
): Promise<void> => {
  const made = bootstrap(toBuilderBootstrap(), (line) => onStep?.(line), signal)
  const [repo, tag] = reference.split(':')
  const importing = async (docker: Engine['docker']): Promise<void> => {
    const said = await text(await docker.importImage(made.tar, { repo, tag, changes: [`LABEL ${LABEL}=${reference}`] }))
    if (/"error"/.test(said)) throw new Fault('image.build', `The engine did not import ${reference}: ${said.trim()}`)
  }
  const [imported, built] = await Promise.allSettled([engine.call('import the builder', importing, { seconds: IMPORT_SECONDS }), made.done])
  if (built.status === 'rejected') {
    await engine.unless([404, 409], 'remove half an image', (docker) => docker.getImage(reference).remove({ force: true }))
    throw built.reason
  }
  if (imported.status === 'rejected') throw imported.reason
}

/** Fills a container's image store and commits it: an image is there whole or not at all, whoever else is at it. */
const fill = async (engine: Engine, builder: string, image: string, bases: readonly (Base & { readonly id: string })[]): Promise<void> => {
  const owner = {
    instance: 'images',
    sandbox: `stock-${process.pid}`,
    submission: 'images',
    deadline: Math.ceil(Date.now() / 1000) + IMPORT_SECONDS,
  }
  const request = toFiller({ owner, image: builder, limits: { ...DEFAULT_LIMITS, memoryMiB: 1024, pids: 256, cpus: 1 } })
  await removeOverdue(engine)
  // An image inherits the labels of the container it is made of, and the sweep would take it for a sandbox's.
  const labels = { [FILLER]: String(owner.deadline) }
  const container = await engine.call('create a container', (docker) => docker.createContainer({ ...request, Labels: labels }))
  try {
    await engine.call("take the builder's files", async () => container.putArchive(await ourFiles(), { path: '/' }))
    const attached = await attach(engine, container, { stdin: true, output: true })
    await engine.call('start a container', () => container.start())
    const said = wordsOf(attached)
    await putBases(engine, bases, attached)
    const { StatusCode } = (await engine.call('fill the builder', () => container.wait(), { seconds: IMPORT_SECONDS })) as {
      StatusCode: number
    }
    if (StatusCode !== 0) throw new Fault('image.build', `The builder's store was not filled (exit ${StatusCode}): ${(await said).trim()}`)
    const [repo, tag] = image.split(':')
    await engine.call('commit the builder', () => container.commit({ repo, tag, changes: [`LABEL ${LABEL}=${image}`, 'CMD []'] }), {
      seconds: IMPORT_SECONDS,
    })
  } finally {
    await removeContainer(engine, container.id)
  }
}

/** Everything it says until it ends, both streams together. */
const wordsOf = async (attached: AsyncIterable<Buffer>): Promise<string> => {
  const parts: Buffer[] = []
  for await (const { bytes } of demux(attached)) parts.push(bytes)
  return Buffer.concat(parts).toString('utf8')
}

/** A runner that died while it filled one leaves its container. */
const removeOverdue = async (engine: Engine): Promise<void> => {
  const left = await engine.call('list containers', (docker) => docker.listContainers({ all: true, filters: { label: [FILLER] } }))
  const overdue = left.filter(({ Labels }) => Number(Labels[FILLER]) * 1000 < Date.now())
  await Promise.all(overdue.map(({ Id }) => removeContainer(engine, Id)))
}

const ourFiles = async (): Promise<Buffer> => {
  const tar = pack()
  for (const { path, mode, content } of toFiles()) tar.entry({ name: path.slice(1), mode }, content)
  tar.finalize()
  return buffer(tar)
}

/** What the program `fill` reads: a line for each base, an empty line, the engine's archive of all. */
const putBases = async (engine: Engine, bases: readonly Base[], stdin: NodeJS.WritableStream): Promise<void> => {
  const plain: string[] = []
  for (const { reference, name } of bases) {
    const base = await asRoot(engine, reference)
    plain.push(base)
    stdin.write(`${base} ${name}\n`)
  }
  stdin.write('\n')
  const saved = await engine.call('save images', (docker) => (docker as Docker & SavesImages).getImages({ names: plain }), {
    seconds: IMPORT_SECONDS,
  })
  await pipeline(saved, stdin)
}

/** The same layers with root as the user and `/` to work in: what learners know from images of the same name. */
const asRoot = async (engine: Engine, reference: string): Promise<string> => {
  const plain = `hatoba/base:${reference.split(':').at(-1)}`
  const context = pack()
  context.entry({ name: 'Dockerfile' }, `FROM ${reference}\nUSER 0:0\nWORKDIR /\nLABEL ${LABEL}=${plain}\n`)
  context.finalize()
  const said = await engine.call(
    'derive a base image',
    async (docker) => text((await docker.buildImage(Readable.from(context), { t: plain, networkmode: 'none' })) as Readable),
    { seconds: 60 },
  )
  if (/"errorDetail"/.test(said)) throw new Fault('image.build', `The engine did not derive ${plain}: ${said.trim()}`)
  return plain
}
