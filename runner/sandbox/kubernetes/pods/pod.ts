import { LEARNER } from '../../../images/recipe.ts'
import { WORK } from '../../container/program.ts'
import type { Limits } from '../../contract.ts'
import { OFF_CONTROL_PLANE } from '../control-plane.ts'

/** The one container of each of our Pods. */
export const CONTAINER = 'main'
/** On a Pod: the name that it answers to. */
export const NAME_LABEL = 'hatoba.dev/name'

/** Where Pods may be put. */
export interface Placing {
  /** Whether it has to stay off the control plane. */
  readonly nodesApart: boolean
}

export interface PodSpec {
  readonly name: string
  /** What the others in its sandbox call it. Absent: nobody calls it. */
  readonly hostname?: string
  readonly image: string
  readonly command: readonly string[]
  readonly limits: Limits
  /** Whether it may ask the cluster's name server. */
  readonly names: boolean
  /** After so many seconds the kubelet ends it, whoever holds it. */
  readonly seconds: number
  /** Whether the kubelet starts its container again in the same place when it ends. */
  readonly again: boolean
}

/** Writable places beside the working directory, and how large each is. */
const SHM_MIB = 16
/** Logs that the kubelet keeps on the node's disk count as well; beyond it the Pod is evicted. */
const NODE_DISK = '256Mi'
/** Of a processor, for each processor that a container may use: they are shared, and what waits for others' end starts all the same. */
const CPU_SHARE = 0.05

const AFFINITY = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [OFF_CONTROL_PLANE] }] },
  },
}

/**
 * The request that creates a Pod. This is the whole security posture: everything that the level `restricted` of Pod Security asks for and
 * more, no token, nothing of the node, and a bound on everything that a Pod can be given one for. What is not here: a number of processes.
 * Kubernetes has none for a Pod, only the kubelet's own for all of its node.
 */
export const toPod = ({ name, hostname, image, command, limits, names, seconds, again }: PodSpec, { nodesApart }: Placing) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...(hostname !== undefined && { labels: { [NAME_LABEL]: hostname } }) },
  spec: {
    ...(hostname !== undefined && { hostname }),
    activeDeadlineSeconds: seconds,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(nodesApart && { affinity: AFFINITY }),
    restartPolicy: again ? 'Always' : 'Never',
    terminationGracePeriodSeconds: 1,
    // Without a network there is nobody to ask; the policy would drop the question, and the program wait for the answer.
    ...(names ? { dnsPolicy: 'ClusterFirst' } : { dnsPolicy: 'None', dnsConfig: { nameservers: ['127.0.0.1'] } }),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: LEARNER.uid,
      runAsGroup: LEARNER.uid,
      fsGroup: LEARNER.uid,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: CONTAINER,
        image,
        imagePullPolicy: 'IfNotPresent',
        command,
        workingDir: WORK,
        stdin: true,
        stdinOnce: true,
        resources: toResources(limits),
        securityContext: {
          allowPrivilegeEscalation: false,
          privileged: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'work', mountPath: WORK },
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'shm', mountPath: '/dev/shm' },
        ],
      },
    ],
    volumes: [toMemory('work', limits.diskMiB), toMemory('tmp', limits.diskMiB), toMemory('shm', SHM_MIB)],
  },
})

/** Memory is promised, because none can be taken back; processor time is shared. */
export const toResources = ({ cpus, memoryMiB }: Pick<Limits, 'cpus' | 'memoryMiB'>) => ({
  requests: { cpu: `${Math.max(10, Math.round(cpus * 1000 * CPU_SHARE))}m`, memory: `${memoryMiB}Mi`, 'ephemeral-storage': NODE_DISK },
  limits: { cpu: `${Math.round(cpus * 1000)}m`, memory: `${memoryMiB}Mi`, 'ephemeral-storage': NODE_DISK },
})

/** A file system in memory, whose size the kernel holds; on a disk only the kubelet looks, now and then. */
const toMemory = (name: string, sizeMiB: number) => ({ name, emptyDir: { medium: 'Memory', sizeLimit: `${sizeMiB}Mi` } })

/** A name for the Pods that carry it, from before they are ready: whether one answers is a question for the prober. */
export const toName = (hostname: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: hostname },
  spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: { [NAME_LABEL]: hostname } },
})
