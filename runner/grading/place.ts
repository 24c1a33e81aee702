import type { DockerNeed, KubernetesNeed, SandboxNeed } from '../../labs/kit/lab.ts'
import { Fault, type FaultCode } from '../fault.ts'
import type { Abortable, Probed, Sandbox, SandboxDriver, SandboxSpec } from '../sandbox/contract.ts'
import type { Cluster, ClusterDriver } from '../sandbox/contract-cluster.ts'
import { lackingBefore, lackingIn, type Missing, missingFor, NO_CLUSTER } from '../sandbox/missing.ts'

/** Who opens what a lab needs. */
export interface Drivers {
  readonly driver: SandboxDriver
  /** For labs on Kubernetes; it connects when it is first asked. Absent: they are `incomplete`. */
  readonly cluster?: ClusterDriver
}

/** What was opened, under the name that a lab's context has for it. */
interface Opened {
  readonly holds: { readonly sandbox: Sandbox } | { readonly cluster: Cluster }
  [Symbol.asyncDispose](): Promise<void>
}

/** Where the checks of one lab run, whatever kind of sandbox it needs. */
export interface Place {
  readonly sandbox: Pick<SandboxDriver, 'isolation'> & { readonly driver: SandboxDriver['name'] }
  probe(o: Required<Abortable>): Promise<Probed>
  /** Answers what is missing where the engine or the cluster cannot do what the lab needs. Throws `Fault`. */
  open(
    owner: Pick<SandboxSpec, 'submission' | 'deadlineSeconds'> & { readonly kind: string },
    o: Required<Abortable>,
  ): Promise<Opened | Missing>
}

export const placeOf = (need: SandboxNeed, { driver, cluster }: Drivers): Place =>
  need.kind === 'docker' ? inContainers(need, driver) : onCluster(need, cluster)

const inContainers = ({ kind: _, images: __, ...need }: DockerNeed, driver: SandboxDriver): Place => ({
  sandbox: { driver: driver.name, isolation: driver.isolation },
  async probe(o) {
    const probed = await driver.probe(o)
    return lackingBefore(driver.name, probed, need.powers) ?? probed
  },
  async open(owner, o) {
    const sandbox = await driver.open({ ...owner, ...need }, o)
    const lacking = lackingIn(driver.name, sandbox.gaps, need.powers)
    if (lacking === undefined) return { holds: { sandbox }, [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]() }
    await sandbox[Symbol.asyncDispose]()
    return lacking
  },
})

const onCluster = ({ kind: _, ...need }: KubernetesNeed, driver: ClusterDriver | undefined): Place => ({
  sandbox: { driver: 'kubernetes', isolation: 'cluster' },
  probe: async (o) => driver?.probe(o) ?? NO_CLUSTER,
  async open({ kind: __, ...owner }, o) {
    if (driver === undefined) return NO_CLUSTER
    try {
      const cluster = await driver.open({ ...owner, ...need }, o)
      return { holds: { cluster }, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() }
    } catch (thrown) {
      if (!(thrown instanceof Fault && LACKS.has(thrown.code))) throw thrown
      const missing = missingFor(thrown, thrown.code)
      return {
        ...missing,
        fix: '`./hatoba up --kind` makes a cluster that has it; `./hatoba doctor` says more.',
        ja: {
          ...missing.ja,
          fix: '`./hatoba up --kind` で、必要なものがそろったクラスターを作れます。`./hatoba doctor` で詳細がわかります。',
        },
      }
    }
  },
})

/** What a cluster answers where it lacks something, found out by trying. */
const LACKS: ReadonlySet<FaultCode> = new Set<FaultCode>(['sandbox.impossible', 'image.missing'])
