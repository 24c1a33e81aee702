import type { Api } from '../../runner/sandbox/kubernetes/api.ts'
import { followObjects, listObjects } from '../../runner/sandbox/kubernetes/follow.ts'
import { HOME, LABEL } from '../../runner/sandbox/kubernetes/labels.ts'

/** Everywhere that a submission has something outside its namespace, and the namespace. */
const PLACES = {
  namespace: '/api/v1/namespaces',
  account: `/api/v1/namespaces/${HOME}/serviceaccounts`,
  pod: `/api/v1/namespaces/${HOME}/pods`,
  node: '/api/v1/nodes',
  class: '/apis/node.k8s.io/v1/runtimeclasses',
} as const

const labels = (instance: string) => ({ [LABEL.instance]: instance })

/** What a runner of this name has on the cluster: `node hatoba-abc-linux-a`. */
export const heldBy = async (api: Api, instance: string): Promise<readonly string[]> =>
  (
    await Promise.all(
      Object.entries(PLACES).map(async ([what, path]) =>
        (await listObjects(api, path, { labels: labels(instance) })).objects.map(({ metadata }) => `${what} ${metadata.name}`),
      ),
    )
  ).flat()

/** Waits until none of these is on the cluster; what still is at the end. */
export const stillThere = async (api: Api, held: readonly string[], withinSeconds: number): Promise<readonly string[]> => {
  const signal = AbortSignal.timeout(withinSeconds * 1000)
  const left = await Promise.all(
    Object.entries(PLACES).map(async ([what, path]) => {
      let there: readonly string[] = []
      for await (const { objects } of followObjects(api, path, { signal })) {
        there = objects.map(({ metadata }) => `${what} ${metadata.name}`).filter((each) => held.includes(each))
        if (there.length === 0) break
      }
      return there
    }),
  )
  return left.flat()
}
