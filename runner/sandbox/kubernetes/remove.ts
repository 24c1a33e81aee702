import { z } from 'zod'
import type { Api } from './api.ts'
import { toFault, unless } from './fault.ts'
import { followObjects, listObjects } from './follow.ts'
import { HOME, LABEL } from './labels.ts'

/** Begins the end of a namespace and of all that belongs to it outside. Idempotent. Throws `Fault`. */
export const removeNamespace = async (api: Api, name: string): Promise<void> => {
  const gone = (path: string, body?: unknown, query?: Record<string, string>): Promise<unknown> =>
    unless(
      [404, 409],
      `remove ${path}`,
      api.call({ method: 'DELETE', path, ...(body === undefined ? {} : { body }), ...(query === undefined ? {} : { query }) }),
    )
  await gone(`/api/v1/namespaces/${name}`)
  await Promise.all([
    // A Pod may ask for a day of grace; the namespace would wait for it.
    gone(`/api/v1/namespaces/${name}/pods`, { gracePeriodSeconds: 0 }),
    gone(`/api/v1/namespaces/${HOME}/serviceaccounts/${name}`),
    gone(`/api/v1/namespaces/${HOME}/pods`, { gracePeriodSeconds: 0 }, { labelSelector: `${LABEL.sandbox}=${name}` }),
  ])
}

/** How long finalizers of the cluster's own (volumes, foreground deletion) may take before all that is left is taken for stuck. */
const FINALIZER_SECONDS = 15

/**
 * Waits for a namespace that has begun to end; what finalizers hold after a while is freed of them. False when it still stands at the end.
 * Throws `Fault`.
 */
export const finishRemoval = async (api: Api, name: string, withinSeconds: number): Promise<boolean> => {
  if (await isGone(api, name, Math.min(FINALIZER_SECONDS, withinSeconds))) return true
  await freeOfFinalizers(api, name)
  return isGone(api, name, Math.max(0, withinSeconds - FINALIZER_SECONDS))
}

const isGone = async (api: Api, name: string, withinSeconds: number): Promise<boolean> => {
  const signal = AbortSignal.timeout(withinSeconds * 1000)
  for await (const { objects } of followObjects(api, '/api/v1/namespaces', { fields: { 'metadata.name': name }, signal }))
    if (objects.length === 0) return true
  return false
}

const apisSchema = z.object({ resources: z.array(z.object({ name: z.string(), namespaced: z.boolean(), verbs: z.array(z.string()) })) })
const groupsSchema = z.object({ groups: z.array(z.object({ preferredVersion: z.object({ groupVersion: z.string() }) })) })

/** Takes the finalizers from every object of a namespace that is ending. */
export const freeOfFinalizers = async (api: Api, namespace: string): Promise<void> => {
  const groups = groupsSchema.parse(
    (await api.call({ path: '/apis' }).catch((thrown: unknown) => Promise.reject(toFault('list its groups', thrown)))).body,
  )
  const roots = ['/api/v1', ...groups.groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)]
  for (const root of roots) {
    // A group whose own server is down (metrics, say) must not keep the others.
    const answer = await unless([404, 503], `list the kinds of ${root}`, api.call({ path: root }))
    if (answer === undefined) continue
    const kinds = apisSchema
      .parse(answer.body)
      .resources.filter(
        ({ name, namespaced, verbs }) => namespaced && !name.includes('/') && verbs.includes('list') && verbs.includes('patch'),
      )
    for (const { name } of kinds) {
      const path = `${root}/namespaces/${namespace}/${name}`
      const { objects } = await listObjects(api, path)
      for (const { metadata } of objects)
        if (Array.isArray((metadata as { finalizers?: unknown }).finalizers))
          await unless(
            [404, 409],
            `free ${path}/${metadata.name} of its finalizers`,
            api.call({
              method: 'PATCH',
              path: `${path}/${encodeURIComponent(metadata.name)}`,
              contentType: 'application/merge-patch+json',
              body: { metadata: { finalizers: null } },
            }),
          )
    }
  }
}
