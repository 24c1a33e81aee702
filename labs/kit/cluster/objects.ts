import { z } from 'zod'
import type { ClusterObject } from '../../../runner/sandbox/contract-cluster.ts'

export const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const
export const POD = { apiVersion: 'v1', kind: 'Pod' } as const

const time = z.string().transform((text) => Date.parse(text))
const stateSchema = z.object({
  waiting: z.object({ reason: z.string().default('') }).optional(),
  running: z.object({ startedAt: time.optional() }).optional(),
  terminated: z
    .object({ exitCode: z.number(), reason: z.string().default(''), startedAt: time.nullish(), finishedAt: time.nullish() })
    .optional(),
})
const containerSchema = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  state: stateSchema.default({}),
  lastState: stateSchema.default({}),
})

const podSchema = z.object({
  metadata: z.object({ name: z.string(), creationTimestamp: time, deletionTimestamp: time.optional() }),
  spec: z.object({
    nodeName: z.string().optional(),
    terminationGracePeriodSeconds: z.number().default(30),
  }),
  status: z
    .object({
      phase: z.string().default('Pending'),
      podIP: z.string().optional(),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
      containerStatuses: z.array(containerSchema).default([]),
    })
    .default({ phase: 'Pending', conditions: [], containerStatuses: [] }),
})

export type PodContainer = z.infer<typeof containerSchema>

/** What labs ask of a Pod. Times are the cluster's. */
export interface PodState {
  readonly name: string
  readonly node: string | undefined
  readonly address: string | undefined
  readonly phase: string
  /** Gets requests through its Services. */
  readonly ready: boolean
  /** It has been told to end. */
  readonly ending: boolean
  readonly createdAt: number
  readonly graceSeconds: number
  readonly restarts: number
  readonly containers: readonly PodContainer[]
}

/** A Pod as an API server tells it. Throws for an object that is none. */
export const podState = (object: ClusterObject): PodState => {
  const { metadata, spec, status } = podSchema.parse(object)
  return {
    name: metadata.name,
    node: spec.nodeName,
    address: status.podIP,
    phase: status.phase,
    ready: status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True') && metadata.deletionTimestamp === undefined,
    ending: metadata.deletionTimestamp !== undefined,
    createdAt: metadata.creationTimestamp,
    graceSeconds: spec.terminationGracePeriodSeconds,
    restarts: status.containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
    containers: status.containerStatuses,
  }
}

const deploymentSchema = z.object({
  metadata: z.object({ generation: z.number() }),
  spec: z.object({ replicas: z.number().default(1) }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      readyReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
    })
    .prefault({}),
})

/** What labs ask of a Deployment. */
export interface DeploymentState {
  readonly wanted: number
  readonly updated: number
  readonly ready: number
  /** All of what was applied last is there and available, and nothing else: what `kubectl rollout status` waits for. */
  readonly rolledOut: boolean
}

/** A Deployment as an API server tells it. Throws for an object that is none. */
export const deploymentState = (object: ClusterObject): DeploymentState => {
  const { metadata, spec, status } = deploymentSchema.parse(object)
  const { replicas: wanted } = spec
  return {
    wanted,
    updated: status.updatedReplicas,
    ready: status.readyReplicas,
    rolledOut:
      status.observedGeneration >= metadata.generation &&
      status.updatedReplicas === wanted &&
      status.replicas === wanted &&
      status.availableReplicas === wanted,
  }
}

/** Whether what was applied is rolled out; for `waitFor`. */
export const isRolledOut = (object: ClusterObject | undefined): boolean => object !== undefined && deploymentState(object).rolledOut
