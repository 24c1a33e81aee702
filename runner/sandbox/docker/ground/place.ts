import { readFile } from 'node:fs/promises'
import { Fault } from '../../../fault.ts'
import { type InTurn, openTurn } from '../../in-turn.ts'
import { DEFAULT_LIMITS } from '../../limits.ts'
import { openAnswers } from '../answers.ts'
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
  const answer = openAnswers(engine, attached, 'container that holds a network')
  const cleared = async (unless: 'engine.failed' | 'sandbox.impossible') => {
    const failed = await answer('clear a network')
    if (failed !== undefined) throw new Fault(unless, `This machine's kernel did not end connections: ${failed}`)
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
