import { readFile } from 'node:fs/promises'
import { Fault } from '../../../fault.ts'
import type { Disturbance, Power } from '../../contract.ts'
import { openTurn } from '../../in-turn.ts'
import { DEFAULT_LIMITS } from '../../limits.ts'
import { openAnswers } from '../answers.ts'
import type { ContainerSpec } from '../container.ts'
import type { Engine } from '../engine.ts'
import { nameOf } from '../network.ts'
import { type Launch, removeContainer } from '../started.ts'

/** What is wrong with one line; `ms` is added to every round trip. */
export type Line = { readonly cut: true } | { readonly ms: number; readonly loss: number }

/** The disturbed lines of a sandbox. */
export interface Edges {
  /** Disturbs the line between two services until disposal. Throws `Fault` `sandbox.impossible` where the kernel cannot. */
  disturb(of: string, to: string, line: Line): Promise<Disturbance>
  /** A service has a new address, or another container has it: what was wrong with its lines is wrong with them again. */
  moved(name: string, container: string): Promise<void>
}

export interface EdgesParts {
  readonly engine: Engine
  readonly launch: Launch
  readonly base: Pick<ContainerSpec, 'owner' | 'image' | 'runtime'>
  /** The container that has the network of whoever goes by this name, where that is not its own. */
  readonly holderOf?: (name: string) => string | undefined
}

const LIMITS = { ...DEFAULT_LIMITS, memoryMiB: 64, pids: 16 }

/**
 * A line is disturbed at one of its ends, inside that container's network, by a helper that is started for its first disturbance.
 * Nothing of the host is changed and nothing there needs a privilege.
 */
export const toEdges = ({ engine, launch, base, holderOf }: EdgesParts): Edges => {
  const { sandbox } = base.owner
  const lines = new Map<string, Map<string, Line>>()
  const helpers = new Map<string, Promise<Helper>>()
  const inTurn = openTurn()
  const containers = new Map<string, string>()
  const containerOf = (name: string) => containers.get(name) ?? holderOf?.(name) ?? nameOf(sandbox, name)
  /** Absent when it does not run. */
  const addressOf = async (name: string): Promise<string | undefined> => {
    const found = await engine.unless([404], 'look at a container', (docker) => docker.getContainer(containerOf(name)).inspect())
    return Object.values(found?.NetworkSettings.Networks ?? {})[0]?.IPAddress || undefined
  }
  const drop = async (name: string): Promise<void> => {
    const helper = await helpers.get(name)?.catch(() => undefined)
    helpers.delete(name)
    await helper?.remove()
  }
  const enforce = async (of: string): Promise<void> => {
    const wanted = lines.get(of)
    if (wanted === undefined) return
    // Who is not there has no address to be cut off from; `moved` tells when it is.
    const found = await Promise.all([...wanted].map(async ([to, line]) => ({ address: await addressOf(to), ...line })))
    const edges = found.filter(({ address }) => address !== undefined)
    if ((await addressOf(of)) === undefined) return
    let helper = helpers.get(of)
    if (!helper) {
      helper = startHelper({ engine, launch, base }, `edges-${of}`, containerOf(of))
      helpers.set(of, helper)
      helper.catch(() => helpers.delete(of))
    }
    await (await helper).set(edges)
  }
  return {
    disturb: (of, to, line) =>
      inTurn(async () => {
        if ((await addressOf(to)) === undefined)
          throw new Fault('lab.broken', `There is no running service "${to}" to cut "${of}" off from.`)
        const ofOne = lines.get(of) ?? new Map<string, Line>()
        lines.set(of, ofOne)
        const before = ofOne.get(to)
        ofOne.set(to, line)
        try {
          await enforce(of)
        } catch (thrown) {
          if (before) ofOne.set(to, before)
          else ofOne.delete(to)
          throw thrown
        }
        const at = Date.now()
        return {
          at,
          [Symbol.asyncDispose]: () =>
            inTurn(async () => {
              // A later disturbance has taken its place, or it is healed already.
              if (ofOne.get(to) !== line) return
              ofOne.delete(to)
              if (helpers.has(of)) await enforce(of)
            }),
        }
      }),
    moved: (name, container) =>
      inTurn(async () => {
        containers.set(name, container)
        await drop(name)
        for (const [of, ofOne] of lines) if (of === name || ofOne.has(name)) await enforce(of)
      }),
  }
}

interface Helper {
  set(edges: readonly object[]): Promise<void>
  remove(): Promise<void>
}

let program: Promise<string> | undefined

const startHelper = async ({ engine, launch, base }: EdgesParts, part: string, of: string | undefined): Promise<Helper> => {
  program ??= readFile(new URL('edges.py', import.meta.url), 'utf8')
  const command = ['python3', '-u', '-c', await program]
  const { container, attached } = await launch(
    { ...base, role: 'edges', edges: { of }, command, limits: LIMITS, work: 'own', stdin: true, logs: 'none' },
    { part, output: true, keepOpen: true },
  )
  const answer = openAnswers(engine, attached, 'helper that disturbs a network')
  return {
    async set(edges) {
      attached.write(`${JSON.stringify(edges)}\n`)
      const failed = await answer('disturb a network')
      if (failed !== undefined) throw new Fault('sandbox.impossible', `This machine's kernel cannot disturb a network: ${failed}`)
    },
    remove: () => removeContainer(engine, container.id),
  }
}

/** An address that is nobody's. */
const NOWHERE = '192.0.2.1'

/** Which disturbances the engine's kernel cannot make; asked of a helper in a network of its own. */
export const findGaps = async (parts: EdgesParts): Promise<readonly Power[]> => {
  const helper = await startHelper(parts, 'edges', undefined)
  const cannot = async (power: Power, edge: object): Promise<readonly Power[]> => {
    try {
      await helper.set([edge])
      return []
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'sandbox.impossible') return [power]
      throw thrown
    }
  }
  try {
    return [
      ...(await cannot('isolate', { address: NOWHERE, cut: true })),
      ...(await cannot('degrade', { address: NOWHERE, ms: 1, loss: 0 })),
    ]
  } finally {
    await helper.remove()
  }
}
