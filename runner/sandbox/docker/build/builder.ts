import { randomBytes } from 'node:crypto'
import { Fault } from '../../../fault.ts'
import type { Limits } from '../../contract.ts'
import { attach } from '../attach.ts'
import { demux } from '../demux.ts'
import type { Engine } from '../engine.ts'
import { nameOf } from '../network.ts'
import { removeContainer } from '../started.ts'
import { type BuilderSpec, toBuilder } from './request.ts'
import { type Received, type Receiving, receive } from './transfer.ts'

/** A container with a builder in it, and the cache of what it has built. */
export interface Builder {
  readonly limits: Limits
  /** One at a time. Undefined when the container ended first. */
  build(archive: Buffer, receiving: Omit<Receiving, 'nonce'>): Promise<Received | undefined>
  /** Whether the kernel ended something in it for memory; asked of the engine, for a builder that is gone. */
  outOfMemory(): Promise<boolean>
  end(): Promise<void>
  /** Resolves when the container has ended, whoever ended it. */
  readonly ended: Promise<void>
}

const LIFE_SECONDS = 24 * 3600

/** Creates and starts it; removes it again when that fails. */
export const startBuilder = async (engine: Engine, spec: BuilderSpec, part: string): Promise<Builder> => {
  const container = await engine.call('create a builder', (docker) =>
    docker.createContainer({ name: nameOf(spec.owner.sandbox, part), ...toBuilder(spec) }),
  )
  try {
    const attached = await attach(engine, container, { stdin: true, output: true })
    const output = demux(attached)
    await engine.call('start a builder', () => container.start())
    const ended = engine
      .call('wait for a builder', () => container.wait(), { seconds: LIFE_SECONDS })
      .then(
        () => {},
        () => {},
      )
    await ready(output)
    let building = false
    return {
      limits: spec.limits,
      ended,
      async build(archive, receiving) {
        const nonce = randomBytes(24).toString('base64url')
        attached.write(`build ${nonce} ${archive.length}\n`)
        attached.write(archive)
        building = true
        try {
          return await receive(output, { ...receiving, nonce })
        } finally {
          building = false
        }
      },
      async outOfMemory() {
        const state = await engine.unless([404], 'look at a builder', () => container.inspect())
        return state?.State.OOMKilled ?? false
      },
      async end() {
        await removeContainer(engine, container.id)
        // A build in hand reads to the connection's end; without one nobody would see that end.
        if (!building) attached.destroy()
      },
    }
  } catch (thrown) {
    await removeContainer(engine, container.id)
    throw thrown
  }
}

const ready = async (output: ReturnType<typeof demux>): Promise<void> => {
  let said = ''
  while (!said.includes('ready\n')) {
    const { value: frame, done } = await output.next()
    if (done) {
      throw new Fault(
        'sandbox.impossible',
        `The builder did not start; the engine or its host does not let it make a user namespace: ${said.trim()}`,
      )
    }
    said += frame.bytes.toString('utf8')
  }
}
