import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../engine/install.ts'
import { Fault } from '../fault.ts'
import { CLUSTER, type KindPrograms, nodesOf } from './clusters.ts'
import { output } from './program.ts'

const CREATE_WITHIN_MS = 10 * 60_000
const WAIT = '120s'

/** From here on most of the time is spent on waiting for the control plane. */
const JOINING = 'Joining worker'
/** What kind says that it does, in order, and about when it is half way. */
const STEPS = ['Ensuring node image', 'Preparing nodes', 'Writing configuration', 'Starting control-plane', 'Installing CNI', JOINING]

/**
 * Two nodes for Pods, so that one can be drained to the other, and none of them has the API server: a NetworkPolicy does not hold a Pod
 * back from its own node. Each node takes a /24 for its Pods, a played one too, so there is room for a thousand.
 *
 * There is one scheduler and one controller manager, so they elect nobody: after a laptop's sleep, or on a machine that stood still
 * for the ten seconds of their lease, both would end and begin again in the middle of a lab. The patch is for the version of kubeadm's
 * configuration that says so in a map; kind leaves it out of any other.
 */
export const KIND_CONFIG = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
kubeadmConfigPatches:
  - |
    kind: ClusterConfiguration
    apiVersion: kubeadm.k8s.io/v1beta3
    controllerManager:
      extraArgs:
        leader-elect: "false"
    scheduler:
      extraArgs:
        leader-elect: "false"
networking:
  podSubnet: 10.244.0.0/14
nodes:
  - role: control-plane
  - role: worker
  - role: worker
`

export interface Creating {
  readonly data: string
  /** Of kind's own choice where absent: then it is pulled. */
  readonly nodeImage?: string | undefined
  readonly signal: AbortSignal
  readonly onStep: (share: number, step: string) => void
  /** Done beside the last step, when the nodes take images and are not ready for anything else. */
  readonly whileJoining: () => Promise<void>
}

/** Makes our cluster and waits until its nodes are ready. The account's kubeconfig is left alone. Throws `Fault` `cluster.failed`. */
export const createCluster = async ({ kind }: KindPrograms, { data, nodeImage, signal, onStep, whileJoining }: Creating): Promise<void> => {
  const folder = join(data, 'kind')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const config = join(folder, 'cluster.yaml')
  await writeFile(config, KIND_CONFIG)
  let beside: Promise<void> | undefined
  const failed = await run(
    [
      kind,
      ...['create', 'cluster', '--name', CLUSTER, '--config', config, '--wait', WAIT, '--kubeconfig', join(folder, 'kubeconfig')],
      ...(nodeImage === undefined ? [] : ['--image', nodeImage]),
    ],
    {
      line: (text) => {
        const step = STEPS.findIndex((known) => text.includes(known))
        if (step !== -1) onStep((step + 1) / (STEPS.length + 1), STEPS[step] ?? '')
        if (STEPS[step] !== JOINING) return
        beside ??= whileJoining()
        beside.catch(() => {})
      },
      signal,
      withinMs: CREATE_WITHIN_MS,
    },
  )
  signal.throwIfAborted()
  if (failed !== undefined) throw new Fault('cluster.failed', `kind made no cluster: ${failed}`)
  await beside
}

/** To the kernel's scheduler a node is one container among others, however many Pods it holds: it gets the weight of ten. */
const NODE_CPU_SHARES = 10_240

/** Starts the nodes of a cluster that the engine's end has stopped, and lets them have the share of the processors that they need. */
export const startNodes = async (programs: KindPrograms, name: string, signal: AbortSignal): Promise<void> => {
  const nodes = await nodesOf(programs, name, { signal })
  await output(programs.docker, ['update', '--cpu-shares', String(NODE_CPU_SHARES), ...nodes], { signal, withinSeconds: 60 })
  await output(programs.docker, ['start', ...nodes], { signal, withinSeconds: 60 })
}

/** Removes a cluster of ours with all that is in it. */
export const deleteCluster = async ({ kind }: KindPrograms, name: string, data: string, signal: AbortSignal): Promise<void> => {
  await output(kind, ['delete', 'cluster', '--name', name, '--kubeconfig', join(data, 'kind', 'kubeconfig')], { signal })
  await rm(join(data, 'kind'), { recursive: true, force: true })
}

/** What the nodes of a cluster use together, in MiB. */
export const memoryMiB = async (programs: KindPrograms, name: string, signal: AbortSignal): Promise<number> => {
  const nodes = await nodesOf(programs, name, { signal })
  const table = await output(programs.docker, ['stats', '--no-stream', '--format', '{{.MemUsage}}', ...nodes], {
    signal,
    withinSeconds: 30,
  })
  return Math.round(
    [...table.matchAll(/^([\d.]+)([KMG])iB/gm)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (PER[unit ?? 'M'] ?? 1), 0),
  )
}

const PER: Readonly<Record<string, number>> = { K: 1 / 1024, M: 1, G: 1024 }
