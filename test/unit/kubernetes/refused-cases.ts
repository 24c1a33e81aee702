import type { RefusedCase } from './refused-case.ts'
import { REFUSED_CLUSTER } from './refused-cluster.ts'
import { REFUSED_NETWORK } from './refused-network.ts'
import { REFUSED_PODS } from './refused-pods.ts'
import { REFUSED_WORKLOADS } from './refused-workloads.ts'

/** All manifests that the validation of an API server refuses, one rule each. */
export const REFUSED_CASES: readonly RefusedCase[] = [...REFUSED_PODS, ...REFUSED_WORKLOADS, ...REFUSED_NETWORK, ...REFUSED_CLUSTER]
