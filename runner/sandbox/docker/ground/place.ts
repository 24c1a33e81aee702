import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { Fault } from '../../../fault.ts'
import { type InTurn, openTurn } from '../../in-turn.ts'
import { DEFAULT_LIMITS } from '../../limits.ts'
import { overAttach } from '../attach.ts'
import type { ContainerSpec } from '../container.ts'
import type { Engine } from '../engine.ts'
import type { Launch } from '../started.ts'

/** The network namespace of a container that does nothing, in which other containers stand, one after the other. */
export interface Place {
  /** The container whose network it is. */
  readonly holder: string
  /** Whether it can be entered again: an engine that was started anew has ended it. */
  readonly stands: () => boolean
  /** It has this name on the network, and an address; nothing of whoever stood here before is left. Only while nobody stands here. */
  enter(name: string): Promise<void>
  /** Its network lets pass what somebody has told it to, until it is entered again. */
  disturbed(): void
  /** Name and address are gone, as they go with a container that has them for itself. */
  leave(): Promise<void>
}

export interface PlaceParts {
  readonly engine: Engine
  readonly launch: Launch
  readonly base: Pick<ContainerSpec, 'owner' | 'image'>
  readonly network: string
  /** Of the network: Docker 20.10 can lock up where two leave it at once. */
  readonly leaving: InTurn
}

const LIMITS = { ...DEFAULT_LIMITS, memoryMiB: 64, pids: 8 }
const ANSWER_SECONDS = 10

const Answer = z.union([z.strictObject({ ok: z.literal(true) }), z.strictObject({ failed: z.string() })])

let program: Promise<string> | undefined

/**
 * Makes a place that has a name already. Throws `Fault`: `engine.*`, and `sandbox.impossible` where the kernel lets nobody end the
 * connections of others.
 */
export const startPlace = async ({ engine, launch, base, network, leaving }: PlaceParts, part: string, name: string): Promise<Place> => {
  program ??= readFile(new URL('place.py', import.meta.url), 'utf8')
  const command = ['python3', '-c', await program]
  const { container, attached, ended } = await launch(
    {
      ...base,
      ...{ role: 'place', command, limits: LIMITS, network: { name: network, hostname: name }, edges: { of: undefined } },
      ...{ work: 'own', stdin: true, logs: 'none' },
    },
    { part, output: true, keepOpen: true },
  )
  let stands = true
  const fall = () => {
    stands = false
  }
  void ended.then(fall, fall)
  const said = createInterface({ input: overAttach(attached) })[Symbol.asyncIterator]()
  const cleared = async (unless: 'engine.failed' | 'sandbox.impossible') => {
    const { value, done } = await engine.call('clear a network', () => said.next(), { seconds: ANSWER_SECONDS })
    if (done) throw new Fault('engine.failed', 'A container that holds a network ended.')
    const answer = Answer.parse(JSON.parse(value as string))
    if ('failed' in answer) throw new Fault(unless, `This machine's kernel did not end connections: ${answer.failed}`)
  }
  await cleared('sandbox.impossible')
  let called: string | undefined = name
  let rules = false
  const itself = openTurn()
  return {
    holder: container.id,
    stands: () => stands,
    enter: (as) =>
      itself(async () => {
        attached.write(`${JSON.stringify({ rules })}\n`)
        // An answer that comes too late would be taken for the next.
        await cleared('engine.failed').catch((thrown: unknown) => {
          fall()
          throw thrown
        })
        rules = false
        if (called === as) return
        await engine.call('enter a network', (docker) =>
          docker.getNetwork(network).connect({ Container: container.id, EndpointConfig: { Aliases: [as] } }),
        )
        called = as
      }),
    disturbed: () => {
      rules = true
    },
    leave: () =>
      itself(() =>
        leaving(async () => {
          if (called === undefined) return
          await engine.call('leave a network', (docker) => docker.getNetwork(network).disconnect({ Container: container.id }))
          called = undefined
        }),
      ),
  }
}
