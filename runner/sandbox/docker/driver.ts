import { customAlphabet } from 'nanoid'
import { recipeOf, referenceOf } from '../../images/recipe.ts'
import type { ImageName, Power, SandboxDriver, SandboxSpec } from '../contract.ts'
import { missingFor } from '../missing.ts'
import type { BuildersAhead } from './build/ahead.ts'
import { findGaps } from './edges/edges.ts'
import { connectEngine, type EngineAddress } from './engine.ts'
import { type EngineFacts, readFacts } from './facts.ts'
import { freshGround } from './ground/ground.ts'
import type { Grounds } from './ground/grounds.ts'
import type { Owner } from './labels.ts'
import type { Prepared } from './pods.ts'
import { removeAll } from './remove.ts'
import { toSandbox } from './sandbox.ts'
import { startContainer } from './started.ts'
import { sweep } from './sweep.ts'

export interface DockerDriverOptions extends EngineAddress {
  /** Whose containers these are: one name for each runner process that may be alive at the same time. */
  readonly instance: string
  /** A stronger runtime that the engine knows, `runsc` say. */
  readonly runtime?: string
  /** Sandboxes that somebody else in this process holds as well; the sweep leaves them until their deadline. */
  readonly inUse?: Set<string>
  /** Builders that were started beforehand. */
  readonly builders?: BuildersAhead
  /** What was started beforehand for such a sandbox, which this one then owns. */
  readonly prepare?: (spec: SandboxSpec) => Prepared | undefined
  /** A network that others have left, or can be left, or the sandbox's own. */
  readonly groundOr?: Grounds['soonest']
}

const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 10)

/** Makes sandboxes of containers on Docker Engine, or on Podman behind its compatible socket. Connects when first used. */
export const dockerDriver = ({
  instance,
  runtime,
  inUse: open = new Set(),
  builders,
  prepare,
  groundOr = (fresh) => fresh(),
  ...address
}: DockerDriverOptions): SandboxDriver => {
  const engine = connectEngine(address)
  let facts: EngineFacts | undefined
  let edgeGaps: Promise<readonly Power[]> | undefined
  const forgetting = (thrown: unknown): never => {
    edgeGaps = undefined
    throw thrown
  }
  return {
    name: 'docker',
    isolation: 'container',
    async probe() {
      try {
        const version = await engine.call('answer', (docker) => docker.version(), { seconds: 5 })
        return { ready: true, detail: `Docker Engine ${version.Version} (API ${version.ApiVersion})` }
      } catch (thrown) {
        return missingFor(thrown, 'engine.unavailable')
      }
    },
    async open(spec, { signal } = {}) {
      signal?.throwIfAborted()
      const prepared = prepare?.(spec)
      const owner: Owner = prepared?.owner ?? {
        instance,
        sandbox: newId(),
        submission: spec.submission,
        deadline: Math.ceil(Date.now() / 1000 + spec.deadlineSeconds),
      }
      open.add(owner.sandbox)
      const gaps: Power[] = []
      let ground = prepared?.ground
      const left = (removing: () => Promise<void>) =>
        (ground ? ground.leave(removing) : removing()).finally(() => open.delete(owner.sandbox))
      try {
        const image = toReference(spec.image)
        await engine.call(`find the image ${image}`, (docker) => docker.getImage(image).inspect())
        facts ??= await readFacts(engine)
        const known = facts
        if (spec.powers?.some((power) => power === 'isolate' || power === 'degrade')) {
          const base = { owner, image: toReference('node'), ...(runtime !== undefined && { runtime }) }
          edgeGaps ??= findGaps({ engine, base, launch: (container, options) => startContainer(engine, known, container, options) })
          gaps.push(...(await edgeGaps.catch(forgetting)))
        }
        if (spec.network === 'internal') ground ??= await groundOr(() => freshGround({ engine, facts: known, owner }))
        signal?.throwIfAborted()
      } catch (thrown) {
        await left(() => removeAll(engine, owner)).catch(() => {})
        throw thrown
      }
      const sandbox = toSandbox({
        engine,
        facts,
        owner,
        spec,
        gaps,
        referenceOf: toReference,
        runtime,
        builders,
        ground,
        prepared,
      })
      return {
        ...sandbox,
        [Symbol.asyncDispose]: () => left(async () => sandbox[Symbol.asyncDispose]()),
      }
    },
    sweep: (olderThan) => sweep(engine, { instance, olderThan, inUse: open }),
  }
}

/** The image of a lab image's name. */
export const toReference = (image: ImageName): string => referenceOf(recipeOf(image))
