import { Fault } from '../../../fault.ts'
import { settlesWithin } from '../../abortable.ts'
import { isBelow } from '../../container/archive.ts'
import { ENVIRONMENT } from '../../container/program.ts'
import type { Sandbox, SandboxSpec } from '../../contract.ts'
import { endedBy, limitsOf } from '../../limits.ts'
import type { Slot } from '../../pool.ts'
import { now } from '../../prober/program/clock.ts'
import { toWarmSandbox } from '../../warm-sandbox.ts'
import type { Place } from './started.ts'
import { runTogether } from './together.ts'
import { endedByMemory, reopenWork, startWork } from './work.ts'

/** What a sandbox does with its files and the programs among them. */
export interface Files extends Pick<Sandbox, 'write' | 'read' | 'exec'> {
  close(): Promise<void>
}

interface Working extends Pick<Sandbox, 'write' | 'read' | 'exec'> {
  readonly slot: Slot
}

/** How long the connection to an agent may take to tell that there is none any more. */
const LOST_SECONDS = 1

/**
 * The Pod of a sandbox's files, started when it is first needed. Programs that run out of memory may take the agent along; the kubelet then
 * starts the container again with the files as they were, and the next call finds it.
 */
export const openFiles = (place: Place, spec: SandboxSpec, image: () => Promise<string>): Files => {
  let working: Promise<Working> | undefined
  let losses = 0
  const toWorking = (slot: Slot): Working => {
    const openCold = () => Promise.reject(new Fault('internal', 'The Pod of the files was asked for what is not its own.'))
    const { write, read } = toWarmSandbox({ slot, spec, environment: ENVIRONMENT, isBelow, openCold, release: () => {} })
    return { slot, write, read, exec: runTogether(slot, spec) }
  }
  const begin = async (): Promise<Working> =>
    toWorking(losses === 0 ? await startWork(place, spec, await image()) : await reopenWork(place, spec, losses))
  const get = (): Promise<Working> => {
    if (working === undefined) {
      const begun = begin()
      working = begun
      begun.catch(() => {
        if (working === begun) working = undefined
      })
    }
    return working
  }
  /** Notes that the agent is gone; several calls may find that out. */
  const lose = (lost: Promise<Working>): number => {
    if (working === lost) {
      working = undefined
      losses += 1
    }
    return losses
  }
  return {
    write: async (files, o) => (await get()).write(files, o),
    read: async (path, o) => (await get()).read(path, o),
    async exec(command, o = {}) {
      o.signal?.throwIfAborted()
      const asked = get()
      const { slot, exec } = await asked
      const began = now()
      try {
        return await exec(command, o)
      } catch (thrown) {
        o.signal?.throwIfAborted()
        if (!(await settlesWithin(slot.ended, LOST_SECONDS))) throw thrown
        if (!(await endedByMemory(place, lose(asked)))) throw thrown
        const nothing = new Uint8Array()
        return { stdout: nothing, stderr: nothing, ended: endedBy('memory', limitsOf(spec.limits, o.limits)), ms: now() - began }
      }
    },
    async close() {
      const open = await working?.catch(() => undefined)
      await open?.slot.remove()
    },
  }
}
