import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Abortable } from '../contract.ts'
import type { Api } from './api.ts'
import { unless } from './fault.ts'
import { followObjects } from './follow.ts'
import { HOME, LABEL } from './labels.ts'
import { type NamespaceShape, type NamespaceSpec, toNamespaceObjects } from './namespace.ts'
import { removeNamespace } from './remove.ts'
import type { Resource, Resources } from './resources.ts'

/** A namespace that nobody has used, with the learner's way in. */
export interface Prepared {
  readonly name: string
  readonly shape: NamespaceShape
  readonly learner: Api
  /** Milliseconds since the epoch at which the sweep may take it. */
  readonly deadline: number
}

const tokenSchema = z.object({ status: z.object({ token: z.string() }) })
const ACCOUNT_SECONDS = 20

/** Looks up where the allowed kinds live. Throws `Fault` `lab.broken` for one that has no namespace. */
export const allowedResources = async (resources: Resources, allows: readonly string[]): Promise<readonly Resource[]> =>
  Promise.all(
    allows.map(async (allowed) => {
      const [apiVersion = '', kind = ''] = allowed.split(' ')
      const resource = await resources.of({ apiVersion, kind })
      if (!resource.namespaced) throw new Fault('lab.broken', `The lab allows ${allowed}, which is not a kind of one namespace.`)
      return resource
    }),
  )

/** Makes a namespace with everything that guards it. What fails or is aborted half way is removed. Throws `Fault`. */
export const prepareNamespace = async (
  api: Api,
  resources: Resources,
  spec: Omit<NamespaceSpec, 'resources'>,
  { signal }: Abortable = {},
): Promise<Prepared> => {
  const abortable = signal ? { signal } : {}
  const found = await allowedResources(resources, spec.shape.allows)
  const [namespace, account, ...inside] = toNamespaceObjects({ ...spec, resources: found })
  const create = async ({ path, body }: { path: string; body: unknown }): Promise<unknown> =>
    unless([], `make ${path} in ${spec.name}`, api.call({ method: 'POST', path, body, ...abortable }))
  try {
    if (namespace === undefined || account === undefined)
      throw new Fault('internal', 'A namespace is made of at least itself and an account.')
    await Promise.all([create(namespace), create(account)])
    const token = unless(
      [],
      `give a token for ${spec.name}`,
      api.call({
        method: 'POST',
        path: `/api/v1/namespaces/${HOME}/serviceaccounts/${spec.name}/token`,
        body: { spec: { expirationSeconds: Math.max(600, Math.ceil(spec.deadline - Date.now() / 1000)) } },
        ...abortable,
      }),
    )
    const [answer] = await Promise.all([token, closeDefaultAccount(api, spec.name, signal), ...inside.map(create)])
    const learner = api.as(tokenSchema.parse(answer?.body).status.token)
    return { name: spec.name, shape: spec.shape, learner, deadline: spec.deadline * 1000 }
  } catch (thrown) {
    await removeNamespace(api, spec.name).catch(() => {})
    throw thrown
  }
}

/** The account that Pods get without asking: a controller makes it a moment after the namespace, and no Pod is admitted before. */
const closeDefaultAccount = async (api: Api, namespace: string, signal: AbortSignal | undefined): Promise<void> => {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`
  const limit = AbortSignal.timeout(ACCOUNT_SECONDS * 1000)
  const following = new AbortController()
  const either = AbortSignal.any([limit, following.signal, ...(signal ? [signal] : [])])
  let there = false
  for await (const { objects } of followObjects(api, path, { fields: { 'metadata.name': 'default' }, signal: either })) {
    there = objects.length > 0
    if (there) break
  }
  following.abort()
  signal?.throwIfAborted()
  if (!there) throw new Fault('cluster.timeout', `The cluster made no default account in ${namespace} within ${ACCOUNT_SECONDS} s.`)
  await unless(
    [],
    'close the default account',
    api.call({
      method: 'PATCH',
      path: `${path}/default`,
      contentType: 'application/merge-patch+json',
      body: { automountServiceAccountToken: false },
      ...(signal ? { signal } : {}),
    }),
  )
}

/** Gives a prepared namespace to a submission: one request. Throws `Fault`. */
export const claimNamespace = async (
  api: Api,
  { name }: Prepared,
  owner: { readonly submission: string; readonly deadline: number },
  { signal }: Abortable = {},
): Promise<void> => {
  await unless(
    [],
    `give ${name} to its submission`,
    api.call({
      method: 'PATCH',
      path: `/api/v1/namespaces/${name}`,
      contentType: 'application/merge-patch+json',
      body: {
        metadata: { labels: { [LABEL.state]: 'used', [LABEL.submission]: owner.submission, [LABEL.deadline]: String(owner.deadline) } },
      },
      ...(signal ? { signal } : {}),
    }),
  )
}

/** The namespace of what is ours. Making it twice is no error. */
export const ensureHome = async (api: Api, { signal }: Abortable = {}): Promise<void> => {
  const labels = {
    [LABEL.state]: 'home',
    'pod-security.kubernetes.io/enforce': 'restricted',
  }
  await unless(
    [409],
    `make ${HOME}`,
    api.call({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: HOME, labels } }, ...(signal ? { signal } : {}) }),
  )
}
