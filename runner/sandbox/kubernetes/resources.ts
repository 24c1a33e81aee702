import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Abortable } from '../contract.ts'
import type { KindRef } from '../contract-cluster.ts'
import type { Api } from './api.ts'
import { unless } from './fault.ts'

/** Where the API server keeps objects of a kind. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespaced: boolean
}

const listSchema = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })) })

/** Looks kinds up in the API server's own list; each group version is asked for once. */
export interface Resources {
  /** Undefined for a kind that this cluster does not serve. */
  find(kind: KindRef, o?: Abortable): Promise<Resource | undefined>
  /** Throws `Fault` `cluster.failed` for a kind that this cluster does not serve. */
  of(kind: KindRef, o?: Abortable): Promise<Resource>
}

const API_VERSION = /^([a-z0-9][a-z0-9.-]*\/)?v[0-9][a-z0-9]*$/

export const newResources = (api: Api): Resources => {
  const asked = new Map<string, Promise<ReadonlyMap<string, Resource>>>()
  const kindsOf = async (apiVersion: string): Promise<ReadonlyMap<string, Resource>> => {
    const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
    const answer = await unless([404], `list the kinds of ${apiVersion}`, api.call({ path }))
    const { resources } = answer === undefined ? { resources: [] } : listSchema.parse(answer.body)
    return new Map(
      resources
        .filter(({ name }) => !name.includes('/'))
        .map(({ name, kind, namespaced }) => [kind, { group, version: version ?? '', plural: name, namespaced }]),
    )
  }
  const find: Resources['find'] = async ({ apiVersion, kind }) => {
    // Learners write it, and it becomes a path that we ask for as ourselves.
    if (!API_VERSION.test(apiVersion)) return undefined
    const known = asked.get(apiVersion) ?? kindsOf(apiVersion)
    asked.set(apiVersion, known)
    known.catch(() => asked.delete(apiVersion))
    return (await known).get(kind)
  }
  return {
    find,
    async of(kind) {
      const found = await find(kind)
      if (found === undefined) throw new Fault('cluster.failed', `This cluster does not serve ${kind.apiVersion} ${kind.kind}.`)
      return found
    },
  }
}

/** The path of a resource in a namespace, of one object of it, and of a part of that (`scale`, `eviction`). */
export const pathOf = ({ group, version, plural, namespaced }: Resource, namespace: string, ...rest: readonly string[]): string =>
  [
    group === '' ? `/api/${version}` : `/apis/${group}/${version}`,
    ...(namespaced ? ['namespaces', encodeURIComponent(namespace)] : []),
    plural,
    ...rest.map((part) => encodeURIComponent(part)),
  ].join('/')
