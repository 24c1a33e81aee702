import { POD_IMAGE } from '../../labs/kit/lab.ts'
import type { Abortable } from '../sandbox/contract.ts'
import { type KindPrograms, linesOf, nodesOf } from './clusters.ts'
import { output } from './program.ts'

const LOAD_SECONDS = 180
const CTR = ['ctr', '-n', 'k8s.io', 'images'] as const

/**
 * Puts a lab image into every node, under its own name and as `POD_IMAGE`, the name that manifests of labs use. Does nothing where it is
 * there already. Throws `Fault` `cluster.*`.
 */
export const loadImage = async (programs: KindPrograms, cluster: string, reference: string, o: Abortable = {}): Promise<void> => {
  const nodes = await nodesOf(programs, cluster, o)
  const inNode = (node: string, ...words: readonly string[]): Promise<string> =>
    output(programs.docker, ['exec', node, ...CTR, ...words], { ...o, withinSeconds: LOAD_SECONDS })
  const found = await Promise.all(nodes.map(async (node) => digestsOf(await inNode(node, 'ls'))))
  const [whole, name] = [`docker.io/${reference}`, `docker.io/${POD_IMAGE}`]
  if (found.some((digests) => !digests.has(whole)))
    await output(programs.kind, ['load', 'docker-image', reference, '--name', cluster], { ...o, withinSeconds: LOAD_SECONDS })
  await Promise.all(
    nodes.map(async (node, index) => {
      const digests = found[index]
      if (digests?.has(whole) && digests.get(whole) === digests.get(name)) return
      await inNode(node, 'tag', '--force', whole, name)
    }),
  )
}

/** The digest behind each name, of a table `REF TYPE DIGEST ...`. */
const digestsOf = (table: string): ReadonlyMap<string, string> =>
  new Map(linesOf(table).map((line) => [line.split(/\s+/)[0] ?? '', line.split(/\s+/)[2] ?? ''] as const))
