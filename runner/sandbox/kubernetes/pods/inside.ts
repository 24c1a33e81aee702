import { PassThrough } from 'node:stream'
import { Fault } from '../../../fault.ts'
import type { Abortable, InsideResult } from '../../contract.ts'
import { CONTAINER } from './pod.ts'
import type { Place } from './started.ts'

/** A container into which programs of ours, or a person's, can be put. */
export interface Inside {
  /** Runs a program beside those of the container, with its user, files and limits; undefined when the container has ended. */
  run(command: readonly string[], o?: Abortable & { readonly most?: number }): Promise<InsideResult | undefined>
  /** Starts one that is spoken to until its stdin ends; rejects when it could not be started or was lost. */
  begin(command: readonly string[]): { readonly stdin: PassThrough; readonly stderr: PassThrough; readonly ended: Promise<number> }
}

/** `hasEnded` waits for the word that explains why nothing can be run: whether the container has ended. */
export const insideOf = ({ api, namespace }: Place, pod: string, hasEnded: () => Promise<boolean>): Inside => {
  const at = { namespace, pod, container: CONTAINER }
  return {
    async run(command, { signal, most = Number.POSITIVE_INFINITY } = {}) {
      const [stdout, parts] = [new PassThrough(), [] as Buffer[]]
      let left = most
      stdout.on('data', (bytes: Buffer) => {
        if (left > 0) parts.push(bytes.subarray(0, left))
        left -= bytes.length
      })
      try {
        const { code, message } = await api.exec({ ...at, command, stdout, ...(signal ? { signal } : {}) })
        if (code === undefined)
          throw new Fault('cluster.failed', `The connection to a program in the Pod ${pod} was lost: ${message ?? ''}.`)
        return { code, stdout: Buffer.concat(parts) }
      } catch (thrown) {
        signal?.throwIfAborted()
        if (await hasEnded()) return undefined
        throw thrown
      }
    },
    begin(command) {
      const [stdin, stderr] = [new PassThrough(), new PassThrough()]
      const ended = api.exec({ ...at, command, stdin, stdout: new PassThrough().resume(), stderr }).then(({ code, message }) => {
        if (code === undefined) throw new Fault('cluster.failed', `A program in the Pod ${pod} was lost: ${message ?? ''}.`)
        return code
      })
      ended.catch((cause: Error) => stderr.destroy(cause))
      return { stdin, stderr, ended }
    },
  }
}
