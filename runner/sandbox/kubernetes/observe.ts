import { z } from 'zod'
import type { Abortable, LogLine } from '../contract.ts'
import type { ClusterEvent, ClusterObject, Waited } from '../contract-cluster.ts'
import { now } from '../prober/program/clock.ts'
import type { Api } from './api.ts'
import { toFault } from './fault.ts'
import { followObjects, listObjects, type Selection } from './follow.ts'

/** Follows what is at a path until `until` holds for its one object, at most so long. */
export const waitForObject = async (
  api: Api,
  path: string,
  until: (object: ClusterObject | undefined) => boolean,
  { withinSeconds, signal, ...selection }: Selection & Abortable & { readonly withinSeconds: number },
): Promise<Waited> => {
  const startedAt = now()
  const limit = AbortSignal.timeout(withinSeconds * 1000)
  let object: ClusterObject | undefined
  for await (const { objects } of followObjects(api, path, {
    ...selection,
    signal: AbortSignal.any([limit, ...(signal ? [signal] : [])]),
  })) {
    object = objects[0]
    if (until(object)) return { met: true, ...(object ? { object } : {}), afterMs: now() - startedAt }
  }
  signal?.throwIfAborted()
  return { met: false, ...(object ? { object } : {}), afterMs: now() - startedAt }
}

interface LogQuery extends Abortable {
  readonly container?: string
  readonly previous?: boolean
  readonly lines?: number
}

const LOG_SECONDS = 20
const MOST_LINES = 5_000

/** What a container wrote. An API server does not say which stream a line came from; all are told as stdout. */
export const readLogs = async (
  api: Api,
  podPath: string,
  { container, previous, lines = MOST_LINES, signal }: LogQuery,
): Promise<readonly LogLine[]> => {
  const limit = AbortSignal.timeout(LOG_SECONDS * 1000)
  const found: LogLine[] = []
  const query = { timestamps: true, container, previous, tailLines: lines, limitBytes: 1_000_000 }
  try {
    for await (const line of api.lines({ path: `${podPath}/log`, query, signal: AbortSignal.any([limit, ...(signal ? [signal] : [])]) })) {
      const space = line.indexOf(' ')
      const at = Date.parse(line.slice(0, space))
      if (!Number.isNaN(at)) found.push({ at, stream: 'stdout', text: line.slice(space + 1) })
    }
  } catch (thrown) {
    signal?.throwIfAborted()
    throw toFault(`show the log of ${podPath}`, thrown)
  }
  return found
}

const eventSchema = z.object({
  type: z.string().nullish(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
  count: z.number().nullish(),
  series: z.object({ count: z.number() }).nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  involvedObject: z.object({ kind: z.string().default('?'), name: z.string().default('?') }),
  metadata: z.object({ creationTimestamp: z.string() }),
})

/** The events of a namespace, oldest first. */
export const readEvents = async (api: Api, namespace: string, { signal }: Abortable): Promise<readonly ClusterEvent[]> => {
  const { objects } = await listObjects(api, `/api/v1/namespaces/${namespace}/events`, {}, signal)
  return objects
    .map((object): ClusterEvent => {
      const event = eventSchema.parse(object)
      return {
        at: Date.parse(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp),
        type: event.type === 'Warning' ? 'Warning' : 'Normal',
        reason: event.reason ?? '',
        message: event.message ?? '',
        object: `${event.involvedObject.kind}/${event.involvedObject.name}`,
        count: event.series?.count ?? event.count ?? 1,
      }
    })
    .sort((a, b) => a.at - b.at)
}
