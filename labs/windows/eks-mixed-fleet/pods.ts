import { z } from 'zod'
import type { ClusterObject } from '../../kit/index.ts'
import type { Workload } from './given.ts'

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
  }),
  spec: z.looseObject({ nodeName: z.string().optional(), os: z.object({ name: z.string() }).optional() }),
  status: z
    .object({
      conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') })).default([]),
    })
    .prefault({}),
})

/** One copy of a workload, and what the scheduler has decided about it. */
export interface Copy {
  readonly workload: Workload
  readonly name: string
  /** The cluster's name of its node. */
  readonly node: string | undefined
  /** Why it has none, in the scheduler's words. */
  readonly message: string | undefined
  /** What it says that it is for. */
  readonly os: string | undefined
  /** As the API server has completed it. */
  readonly spec: Readonly<Record<string, unknown>>
}

export const copyOf = (workload: Workload, object: ClusterObject): Copy => {
  const { metadata, spec, status } = podSchema.parse(object)
  const no = status.conditions.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False')
  return { workload, name: metadata.name, node: spec.nodeName, message: no?.message, os: spec.os?.name, spec }
}

/** The Pods that the Deployment of a workload has made, by the ReplicaSet that it has made them with. */
export const copiesOf = (workload: Workload, objects: readonly ClusterObject[]): readonly Copy[] => {
  const set = new RegExp(`^${workload}-[a-z0-9]+$`)
  return objects
    .filter(({ metadata }) => (metadata.ownerReferences ?? []).some(({ kind, name }) => kind === 'ReplicaSet' && set.test(name)))
    .map((object) => copyOf(workload, object))
}

/** Whether the scheduler has said where it goes, or that there is nowhere. */
export const isDecided = ({ node, message }: Copy): boolean => node !== undefined || message !== undefined

const deploymentSchema = z.object({
  status: z
    .object({
      replicas: z.number().default(0),
      conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') })).default([]),
    })
    .prefault({}),
})

/** How many Pods a Deployment has made, and what was said where the API server does not let it make any. */
export const makingOf = (object: ClusterObject | undefined): { readonly made: number; readonly refused: string | undefined } => {
  if (object === undefined) return { made: 0, refused: undefined }
  const { replicas, conditions } = deploymentSchema.parse(object).status
  const failure = conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  // Another failure (the object was changed meanwhile, the server is busy) goes away by itself.
  return { made: replicas, refused: failure?.message.includes('is forbidden') === true ? failure.message : undefined }
}
