import { z } from 'zod'
import { Fault } from '../../../fault.ts'
import { isOutOfMemory } from '../../container/exit.ts'
import type { Abortable } from '../../contract.ts'
import type { Api } from '../api.ts'
import { followObjects } from '../follow.ts'

const podSchema = z.object({
  metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
  status: z
    .object({
      phase: z.string().default('Pending'),
      reason: z.string().default(''),
      message: z.string().default(''),
      podIP: z.string().default(''),
      containerStatuses: z
        .array(
          z.object({
            restartCount: z.number(),
            resources: z.object({ limits: z.record(z.string(), z.string()).default({}) }).default({ limits: {} }),
            state: z.object({
              waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(),
              running: z.object({ startedAt: z.string() }).optional(),
              terminated: z.object({ exitCode: z.number(), reason: z.string().default(''), finishedAt: z.string().nullish() }).optional(),
            }),
            lastState: z.object({ terminated: z.object({ exitCode: z.number(), reason: z.string().default('') }).optional() }).default({}),
          }),
        )
        .default([]),
    })
    .default({ phase: 'Pending', reason: '', message: '', podIP: '', containerStatuses: [] }),
})

/** What the kubelet and the scheduler last said of a Pod. */
export type PodState = z.infer<typeof podSchema>['status']

/** How a container ended, by its kubelet. */
export type Terminated = NonNullable<PodState['containerStatuses'][number]['state']['terminated']>

/** Whether the kernel ended a container for its memory, as far as its kubelet told and as nobody wanted the Pod's end. Pure. */
export const ranOutOfMemory = ({ exitCode, reason }: Pick<Terminated, 'exitCode' | 'reason'>, removed: boolean): boolean =>
  isOutOfMemory(exitCode, { told: reason === 'OOMKilled', sent: removed })

/** A Pod as it was last seen; `gone` once it is no more. */
export interface SeenPod {
  readonly state: PodState
  /** Whether somebody wants its end. */
  readonly removed: boolean
  readonly gone: boolean
}

/** All Pods of one namespace, followed on one connection. */
export interface PodWatch {
  /** The first answer that `pick` gives for a Pod that has been made, now or after a change. Throws `Fault` when the cluster is lost. */
  when<T>(name: string, pick: (pod: SeenPod) => T | undefined, o?: Abortable): Promise<T>
  /** A Pod as it was last seen. */
  last(name: string): SeenPod | undefined
  close(): void
}

interface Waiter {
  readonly name: string
  readonly look: (pod: SeenPod) => boolean
  readonly reject: (reason: unknown) => void
}

export const watchPods = (api: Api, namespace: string): PodWatch => {
  const closing = new AbortController()
  const pods = new Map<string, SeenPod>()
  const waiters = new Set<Waiter>()
  let lost: unknown
  const tell = (): void => {
    for (const waiter of waiters) {
      const pod = pods.get(waiter.name)
      if (pod && waiter.look(pod)) waiters.delete(waiter)
    }
  }
  const listen = async (): Promise<void> => {
    for await (const { objects } of followObjects(api, `/api/v1/namespaces/${namespace}/pods`, { signal: closing.signal })) {
      const here = new Map(objects.map((object) => [object.metadata.name, podSchema.parse(object)]))
      for (const [name, { state }] of pods) if (!here.has(name)) pods.set(name, { state, removed: true, gone: true })
      for (const [name, { status, metadata }] of here)
        pods.set(name, { state: status, removed: metadata.deletionTimestamp !== undefined, gone: false })
      tell()
    }
  }
  const end = (reason: unknown): void => {
    lost = reason
    for (const { reject } of waiters) reject(reason)
    waiters.clear()
  }
  listen().then(() => end(new Fault('internal', 'A Pod was waited for in a sandbox that is disposed of.')), end)
  return {
    when: (name, pick, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        if (lost !== undefined) return reject(lost)
        const settle = (): void => signal?.removeEventListener('abort', abort)
        const waiter: Waiter = {
          name,
          look: (pod) => {
            const picked = pick(pod)
            if (picked === undefined) return false
            settle()
            resolve(picked)
            return true
          },
          reject: (reason) => {
            settle()
            reject(reason)
          },
        }
        const abort = (): void => {
          waiters.delete(waiter)
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', abort, { once: true })
        waiters.add(waiter)
        tell()
      }),
    last: (name) => pods.get(name),
    close: () => closing.abort(),
  }
}
