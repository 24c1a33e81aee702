import { z } from 'zod'
import { manifestsIn } from '../../kit/cluster/index.ts'
import { readForm } from '../../kit/index.ts'
import { buildOf, obstacle, type System } from './builds.ts'

/** The files of the lab. */
export const FILES = {
  'timetable.yaml': 'edit',
  'ticketing.yaml': 'edit',
  'billing.yaml': 'edit',
  'fleet.yaml': 'read',
  'images.yaml': 'read',
} as const
type Files = Readonly<Record<keyof typeof FILES, string>>

export const WORKLOADS = ['timetable', 'ticketing', 'billing'] as const
export type Workload = (typeof WORKLOADS)[number]
export const fileOf = (workload: Workload): `${Workload}.yaml` => `${workload}.yaml`

const imagesSchema = z.record(
  z.enum(WORKLOADS),
  z.object({ image: z.string(), os: z.string(), 'os.version': z.string().optional(), copies: z.number() }),
)

/** What is said of a workload's image, and how many copies of it are wanted. */
export interface Given {
  readonly image: string
  readonly copies: number
  readonly system: System
}

/** The table of images, as it is given. */
export const imagesIn = (files: Files): Readonly<Record<Workload, Given>> => {
  const read = readForm('images.yaml', files['images.yaml'], imagesSchema)
  if ('answer' in read) throw new Error('images.yaml is given and has its shape')
  const { value } = read.form
  const given = ({ image, copies, os, 'os.version': version }: (typeof value)[Workload]): Given => ({
    image,
    copies,
    system: { os, ...(version === undefined ? {} : { build: buildOf(version) }) },
  })
  return { timetable: given(value.timetable), ticketing: given(value.ticketing), billing: given(value.billing) }
}

const labels = z.record(z.string(), z.string())
const taint = z.object({ key: z.string(), value: z.string().optional(), effect: z.string() })
const nodeSchema = z.object({
  metadata: z.object({ name: z.string(), labels }),
  spec: z.object({ taints: z.array(taint) }).default({ taints: [] }),
  status: z.object({ allocatable: labels }),
})
const runtimeClassSchema = z.object({
  metadata: z.object({ name: z.string() }),
  handler: z.string(),
  scheduling: z.object({ nodeSelector: labels, tolerations: z.array(z.record(z.string(), z.string())) }),
})

/** A node as it is given, and what it runs. */
export interface GivenNode {
  readonly name: string
  /** `fleet`, or `without-…` of each workload whose image it cannot start. */
  readonly groups: readonly [string, ...string[]]
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
  readonly allocatable: Readonly<Record<string, string>>
  readonly system: System
}

export const FLEET = 'fleet'
/** The group of nodes that are there when none that could run this workload is. */
export const without = (workload: Workload): string => `without-${workload}`

/**
 * The nodes and runtime classes as they are given, and one spare of each kind of node: empty, without a taint, and in the group of each
 * workload that it is of no use to. A taint would keep out for now what only a selector keeps out for good.
 */
export const fleetIn = (files: Files) => {
  const manifests = manifestsIn(files, ['fleet.yaml'])
  const ofKind = (kind: string) => manifests.filter((each) => each.kind === kind).map(({ value }) => value)
  const images = imagesIn(files)
  const nodes = ofKind('Node').map((value): GivenNode => {
    const { metadata, spec, status } = nodeSchema.parse(value)
    const build = metadata.labels['node.kubernetes.io/windows-build']
    return {
      name: metadata.name,
      groups: [FLEET],
      labels: metadata.labels,
      taints: spec.taints.map(({ value: of, ...rest }) => ({ ...rest, ...(of === undefined ? {} : { value: of }) })),
      allocatable: status.allocatable,
      system: { os: metadata.labels['kubernetes.io/os'] ?? '', ...(build === undefined ? {} : { build }) },
    }
  })
  const kinds = [...Map.groupBy(nodes, ({ system: { os, build } }) => `${os} ${build}`).values()].flatMap(([first]) => first ?? [])
  const spares = kinds.flatMap((node): GivenNode[] => {
    const [first, ...rest] = WORKLOADS.filter((workload) => obstacle(images[workload].system, node.system) !== undefined).map(without)
    return first === undefined ? [] : [{ ...node, name: `${node.name}-spare`, groups: [first, ...rest], taints: [] }]
  })
  const runtimeClasses = ofKind('RuntimeClass').map((value) => {
    const { metadata, handler, scheduling } = runtimeClassSchema.parse(value)
    return { name: metadata.name, handler, ...scheduling }
  })
  return { nodes: [...nodes, ...spares], runtimeClasses }
}
