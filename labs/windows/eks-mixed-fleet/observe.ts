import { applyWork, DEPLOYMENT, manifestsIn, POD, refusedAnswer, watchObjects } from '../../kit/cluster/index.ts'
import { type ClusterContext, type Halt, halt } from '../../kit/index.ts'
import { type Manifest, podOf, readManifests } from '../../kit/kubernetes/index.ts'
import { type FILES, FLEET, fileOf, fleetIn, imagesIn, WORKLOADS, type Workload, without } from './given.ts'
import { type Copy, copiesOf, copyOf, isDecided, makingOf } from './pods.ts'

/** How long the cluster may take for what it does in a second when it is calm. */
const WITHIN_SECONDS = 120

/** Where the real scheduler has sent the work. Nodes have the names that fleet.yaml gives them; others the cluster's. */
export interface Landing {
  readonly copies: readonly Copy[]
  /** One copy of each workload, where no node is that could start its image; none where the first were not all placed. */
  readonly strays: readonly Copy[]
  /** What the API server said about the Pods of a workload that it did not let be made. */
  readonly refused: Readonly<Partial<Record<Workload, string>>>
}

/** Makes the nodes, applies the work, and waits until the scheduler has decided about every copy; then once more without the right nodes. */
export const observe = async ({ files, cluster, signal, doing }: ClusterContext<typeof FILES>): Promise<Landing | Halt> => {
  const work = manifestsIn(files, WORKLOADS.map(fileOf))
  const images = imagesIn(files)
  doing('nodes')
  await using fleet = await cluster.fleet(fleetIn(files), { signal })
  const named = (copy: Copy): Copy => ({ ...copy, node: copy.node === undefined ? undefined : (fleet.nodes.get(copy.node) ?? copy.node) })
  await using pods = await watchObjects(cluster, POD, { signal })

  doing('apply')
  const { refusals } = await applyWork(cluster, { work: work.map((each) => fleet.place(each, FLEET)) }, { signal })
  const no = refusedAnswer(refusals)
  if (no !== undefined) return halt('accepted', no)
  const refused: Partial<Record<Workload, string>> = {}
  await Promise.all(
    WORKLOADS.map(async (name) => {
      const settled = (object: Parameters<typeof makingOf>[0]): boolean => {
        const { made, refused: said } = makingOf(object)
        return made === images[name].copies || said !== undefined
      }
      const { met, object } = await cluster.waitFor({ ...DEPLOYMENT, name }, settled, { withinSeconds: WITHIN_SECONDS, signal })
      const { made, refused: said = '' } = makingOf(object)
      if (!met || made < images[name].copies) refused[name] = said
    }),
  )
  const made = WORKLOADS.filter((name) => refused[name] === undefined)
  const copies = () => made.map((name) => copiesOf(name, pods.seen.at(-1)?.objects ?? []))
  const decided = await pods.until(
    () => copies().every((each, index) => each.length === images[made[index] as Workload].copies && each.every(isDecided)),
    { withinSeconds: WITHIN_SECONDS, signal },
  )
  if (!decided) throw new Error(`the scheduler has not decided about every Pod within ${WITHIN_SECONDS} s`)
  const first = copies().flat().map(named)
  const placed = made.length === WORKLOADS.length && first.every(({ node }) => node !== undefined)
  if (!placed) return { copies: first, strays: [], refused }

  doing('without')
  const alone = WORKLOADS.map((workload) => fleet.place(onePod(workload, work), without(workload)))
  const more = await applyWork(cluster, { work: alone }, { signal })
  const noMore = refusedAnswer(more.refusals)
  if (noMore !== undefined) return halt('accepted', noMore)
  const strays = () =>
    WORKLOADS.flatMap((workload) =>
      (pods.seen.at(-1)?.objects ?? []).filter(({ metadata }) => metadata.name === without(workload)).map((each) => copyOf(workload, each)),
    )
  const told = await pods.until(() => strays().length === WORKLOADS.length && strays().every(isDecided), {
    withinSeconds: WITHIN_SECONDS,
    signal,
  })
  if (!told) throw new Error(`the scheduler has not decided about every Pod within ${WITHIN_SECONDS} s`)
  return { copies: first, strays: strays().map(named), refused }
}

/** One Pod as the Deployment of a workload would make it, under a name of ours. */
const onePod = (workload: Workload, work: readonly Manifest[]): Manifest => {
  const deployment = work.find(({ title }) => title === `Deployment/${workload}`)
  const spec = deployment === undefined ? undefined : podOf(deployment)?.spec
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: without(workload) }, spec }
  const [manifest] = readManifests(fileOf(workload), JSON.stringify(object)).manifests
  if (manifest === undefined) throw new Error('a Pod is an object')
  return manifest
}
