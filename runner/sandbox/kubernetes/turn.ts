import type { Abortable } from '../contract.ts'
import type { ClusterObject } from '../contract-cluster.ts'
import type { Api } from './api.ts'
import { unless } from './fault.ts'
import { ownerOf } from './fleet.ts'
import { HOME } from './labels.ts'
import { waitForObject } from './observe.ts'

/** Whoever has made this object may close nodes; it is removed by the cluster once its owner's namespace is gone, whatever became of that. */
const TURN = 'turn-at-the-nodes'
const PATH = `/api/v1/namespaces/${HOME}/configmaps`
/** A watch lasts so long; the next goes on. */
const WATCH_SECONDS = 60

const holderOf = (turn: ClusterObject | undefined): string | undefined => (turn as { data?: { holder?: string } } | undefined)?.data?.holder

/** Waits until no other submission may close nodes, and keeps it so until disposed. Whoever has the turn already keeps it. Throws `Fault`. */
export const takeTurn = async (api: Api, namespace: string, { signal }: Abortable = {}): Promise<AsyncDisposable> => {
  const abortable: Abortable = signal ? { signal } : {}
  const { uid } = await ownerOf(api, namespace, abortable)
  const body = {
    metadata: { name: TURN, ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: namespace, uid }] },
    data: { holder: namespace },
  }
  for (;;) {
    const made = await unless([409], 'take the turn at the nodes', api.call({ method: 'POST', path: PATH, body, ...abortable }))
    if (made !== undefined) {
      const { metadata } = made.body as ClusterObject
      return { [Symbol.asyncDispose]: () => giveTurn(api, metadata.uid) }
    }
    const { object } = await waitForObject(api, PATH, (turn) => turn === undefined || holderOf(turn) === namespace, {
      fields: { 'metadata.name': TURN },
      withinSeconds: WATCH_SECONDS,
      ...abortable,
    })
    if (holderOf(object) === namespace) return { [Symbol.asyncDispose]: async () => {} }
  }
}

const giveTurn = async (api: Api, uid: string): Promise<void> => {
  const body = { preconditions: { uid } }
  await unless([404, 409], 'give the turn at the nodes', api.call({ method: 'DELETE', path: `${PATH}/${TURN}`, body }))
}
