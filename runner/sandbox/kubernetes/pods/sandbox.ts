import { Fault } from '../../../fault.ts'
import { inTime } from '../../abortable.ts'
import type { ImageName, Sandbox, SandboxSpec } from '../../contract.ts'
import { limitsOf } from '../../limits.ts'
import { toPowers } from '../../powers.ts'
import type { Api } from '../api.ts'
import type { OpenCluster } from '../cluster.ts'
import { unless } from '../fault.ts'
import type { PlacedProber } from '../prober.ts'
import { openFiles } from './files.ts'
import { impossible, POD_GAPS } from './gaps.ts'
import { toName } from './pod.ts'
import { startService } from './service.ts'
import { watchPods } from './watch.ts'

export interface PodSandboxParts {
  readonly api: Api
  /** The namespace that is all this sandbox's. */
  readonly cluster: OpenCluster
  readonly spec: SandboxSpec
  /** What the nodes call the image of a lab image's name. */
  readonly referenceOf: (image: ImageName) => Promise<string>
}

/** How long disposal may take before it counts as failed and is left to the sweep. */
const DISPOSAL_SECONDS = 60

/** The sandbox over Pods in a namespace of their own. Its files are in one Pod, started when they are first needed; each service is another. */
export const toPodSandbox = ({ api, cluster, spec, referenceOf }: PodSandboxParts): Sandbox => {
  const { namespace, nodesApart } = cluster
  const place = { api, namespace, nodesApart, watch: watchPods(api, namespace) }
  /** Where each service was last seen: the prober is sent there without asking a name server, which may remember an older answer. */
  const addresses = new Map<string, string>()
  let pods = 0
  const files = openFiles(place, spec, () => referenceOf(spec.image))
  let disposing: Promise<void> | undefined
  const open = (): void => {
    if (disposing) throw new Fault('internal', 'The sandbox was used after it was disposed of.')
  }
  const probe = async (): Promise<PlacedProber> => {
    open()
    if (spec.network !== 'internal') throw new Fault('lab.broken', 'Services and traffic need `network: internal`.')
    return cluster.placedProber()
  }
  const name = (hostname: string): Promise<unknown> =>
    unless(
      [409],
      `give the name ${hostname}`,
      api.call({ method: 'POST', path: `/api/v1/namespaces/${namespace}/services`, body: toName(hostname) }),
    )
  const dispose = async (): Promise<void> => {
    place.watch.close()
    await files.close()
    await cluster[Symbol.asyncDispose]()
  }
  return {
    id: namespace,
    gaps: toPowers(POD_GAPS),
    write: async (map, o) => {
      open()
      await files.write(map, o)
    },
    read: async (path, o) => {
      open()
      return files.read(path, o)
    },
    exec: async (command, o) => {
      open()
      return files.exec(command, o)
    },
    async start(service, o = {}) {
      open()
      o.signal?.throwIfAborted()
      if (typeof service.image === 'object') return impossible('build')
      if (service.walls) return impossible('walls')
      if (spec.network !== 'internal') throw new Fault('lab.broken', 'Services and traffic need `network: internal`.')
      // Begun now, so that it runs by the time that the service does; who needs it gets its failure.
      probe().catch(() => {})
      pods += 1
      const [image] = await Promise.all([referenceOf(service.image ?? spec.image), name(service.name)])
      return startService(
        {
          place,
          pod: `${service.name}-${pods}`,
          image,
          service,
          limits: limitsOf(spec.limits, service.limits),
          seconds: spec.deadlineSeconds,
          prober: probe,
          onAddress: (address) => addresses.set(service.name, address),
        },
        o,
      )
    },
    build: () => impossible('build'),
    async traffic(plan, o = {}) {
      o.signal?.throwIfAborted()
      const { prober, domain } = await probe()
      const hostOf = ({ name: target, port }: { readonly name: string; readonly port: number }) => ({
        host: addresses.get(target) ?? `${target}.${namespace}.svc.${domain}`,
        port,
      })
      return prober.traffic(plan, hostOf, o)
    },
    [Symbol.asyncDispose]() {
      disposing ??= inTime(dispose(), DISPOSAL_SECONDS, overdue)
      return disposing
    },
  }
}

const overdue = () =>
  new Fault('cluster.timeout', `The cluster did not begin to remove a sandbox within ${DISPOSAL_SECONDS} s; the sweep will.`)
