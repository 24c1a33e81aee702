import { POD_IMAGE } from '../../labs/kit/lab.ts'
import type { Abortable } from '../sandbox/contract.ts'
import { type KindPrograms, linesOf, workersOf } from './clusters.ts'
import { output } from './program.ts'

const LOAD_SECONDS = 180
const CTR = ['ctr', '-n', 'k8s.io', 'images'] as const

/** Puts an image into every node for Pods that lacks it; what each node calls by which name then. Throws `Fault` `cluster.*`. */
export const putImage = async (
  programs: KindPrograms,
  cluster: string,
  reference: string,
  o: Abortable = {},
): Promise<ReadonlyMap<string, Digests>> => {
  const nodes = await workersOf(programs, cluster, o)
  const look = async () =>
    new Map(await Promise.all(nodes.map(async (node) => [node, digestsOf(await inNode(programs, node, ['ls'], o))] as const)))
  const found = await look()
  if ([...found.values()].every((digests) => digests.has(`docker.io/${reference}`))) return found
  const into = ['--name', cluster, '--nodes', nodes.join(',')]
  await output(programs.kind, ['load', 'docker-image', reference, ...into], { ...o, withinSeconds: LOAD_SECONDS })
  return look()
}

/**
 * Puts a lab image into every node for Pods, under its own name and as `POD_IMAGE`, the name that manifests of labs use. Does nothing where it is
 * there already. Throws `Fault` `cluster.*`.
 */
export const loadImage = async (programs: KindPrograms, cluster: string, reference: string, o: Abortable = {}): Promise<void> => {
  const found = await putImage(programs, cluster, reference, o)
  const [whole, name] = [`docker.io/${reference}`, `docker.io/${POD_IMAGE}`]
  await Promise.all(
    [...found].map(async ([node, digests]) => {
      if (digests.get(whole) !== digests.get(name)) await inNode(programs, node, ['tag', '--force', whole, name], o)
    }),
  )
}

const inNode = ({ docker }: KindPrograms, node: string, words: readonly string[], o: Abortable): Promise<string> =>
  output(docker, ['exec', node, ...CTR, ...words], { ...o, withinSeconds: LOAD_SECONDS })

type Digests = ReadonlyMap<string, string>

/** The digest behind each name, of a table `REF TYPE DIGEST ...`. */
const digestsOf = (table: string): Digests =>
  new Map(linesOf(table).map((line) => [line.split(/\s+/)[0] ?? '', line.split(/\s+/)[2] ?? ''] as const))
