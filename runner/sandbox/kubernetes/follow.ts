import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { ClusterObject, Seen } from '../contract-cluster.ts'
import { now } from '../prober/program/clock.ts'
import type { Api } from './api.ts'
import { ApiError, toFault } from './fault.ts'

const listSchema = z.object({
  apiVersion: z.string().default(''),
  kind: z.string().default(''),
  metadata: z.object({ resourceVersion: z.string() }),
  items: z.array(z.record(z.string(), z.unknown())).nullable(),
})
const eventSchema = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.record(z.string(), z.unknown()),
})

export interface Selection {
  readonly labels?: Readonly<Record<string, string>>
  /** Labels that they must not have. */
  readonly lacking?: readonly string[]
  /** `metadata.name=web`, `spec.nodeName=one`. */
  readonly fields?: Readonly<Record<string, string>>
}

const pairsOf = (pairs: Readonly<Record<string, string>> = {}): string[] => Object.entries(pairs).map(([key, value]) => `${key}=${value}`)
const joined = (terms: readonly string[]): string | undefined => (terms.length === 0 ? undefined : terms.join(','))
const queryOf = ({ labels, lacking = [], fields }: Selection) => ({
  labelSelector: joined([...pairsOf(labels), ...lacking.map((key) => `!${key}`)]),
  fieldSelector: joined(pairsOf(fields)),
})

/** The objects at a path, and the version of the list. Items of a list do not say what they are, so each is told. */
export const listObjects = async (
  api: Api,
  path: string,
  selection: Selection = {},
  signal?: AbortSignal,
): Promise<{ objects: ClusterObject[]; resourceVersion: string }> => {
  const answer = await api.call({ path, query: queryOf(selection), ...(signal ? { signal } : {}) }).catch((thrown: unknown) => {
    signal?.throwIfAborted()
    throw toFault(`list ${path}`, thrown)
  })
  const { apiVersion, kind, metadata, items } = listSchema.parse(answer.body)
  const itemKind = kind.replace(/List$/, '')
  return {
    objects: (items ?? []).map((item) => ({ apiVersion, kind: itemKind, ...item }) as unknown as ClusterObject),
    resourceVersion: metadata.resourceVersion,
  }
}

/** One watch lasts at most so long; the next goes on where it ended. */
const WATCH_SECONDS = 240
/** Watches in a row that may end without one event before the cluster counts as lost. */
const MOST_EMPTY = 5

/**
 * All objects at a path after each change, from the API server's own stream. Begins with what there is. Ends without an error when the
 * signal is aborted. Throws `Fault` when the cluster is lost.
 */
export async function* followObjects(
  api: Api,
  path: string,
  { signal, ...selection }: Selection & { readonly signal: AbortSignal },
): AsyncGenerator<Seen> {
  let empty = 0
  try {
    for (;;) {
      const { objects, resourceVersion } = await listObjects(api, path, selection, signal)
      const known = new Map(objects.map((object) => [object.metadata.uid, object]))
      yield { at: now(), objects }
      let version: string | undefined = resourceVersion
      while (version !== undefined) {
        const before: string = version
        version = yield* watchOnce(api, path, known, { ...selection, signal, version: before })
        empty = version === before ? empty + 1 : 0
        if (empty > MOST_EMPTY) throw new Fault('cluster.failed', `The API server ends every watch of ${path} at once.`)
      }
    }
  } catch (thrown) {
    if (signal.aborted) return
    throw toFault(`go on telling about ${path}`, thrown)
  }
}

/** One watch; returns the version to go on from, undefined when the list must be read again. */
async function* watchOnce(
  api: Api,
  path: string,
  known: Map<string, ClusterObject>,
  { signal, version, ...selection }: Selection & { readonly signal: AbortSignal; readonly version: string },
): AsyncGenerator<Seen, string | undefined> {
  let latest = version
  const query = { ...queryOf(selection), watch: true, resourceVersion: version, allowWatchBookmarks: true, timeoutSeconds: WATCH_SECONDS }
  try {
    for await (const line of api.lines({ path, query, signal })) {
      const event = eventSchema.safeParse(JSON.parse(line))
      if (!event.success)
        throw new Fault('cluster.failed', `The API server told something unexpected about ${path}.`, { cause: event.error })
      const { type } = event.data
      // 410: what happened since is forgotten.
      if (type === 'ERROR') return undefined
      const object = event.data.object as unknown as ClusterObject
      latest = object.metadata.resourceVersion
      if (type === 'BOOKMARK') continue
      if (type === 'DELETED') known.delete(object.metadata.uid)
      else known.set(object.metadata.uid, object)
      yield { at: now(), objects: [...known.values()] }
    }
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.code === 410) return undefined
    throw thrown
  }
  return latest
}
