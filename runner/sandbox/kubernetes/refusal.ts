import type { Path } from '../../../labs/kit/kubernetes/finding.ts'
import { podOf } from '../../../labs/kit/kubernetes/pod.ts'
import type { Manifest } from '../../../labs/kit/kubernetes/read/manifest.ts'
import type { Refusal, RefusalReason } from '../contract-cluster.ts'
import type { ApiError } from './fault.ts'
import { parseFieldPath } from './field-path.ts'

const refusal = (manifest: Manifest, reason: RefusalReason, message: string, path: Path): Refusal => ({
  reason,
  object: manifest.title,
  message,
  at: manifest.at(path, 'key'),
})

/** This cluster has no such kind: said in the words of the client that people know. */
export const noSuchKind = (manifest: Manifest): Refusal =>
  refusal(manifest, 'kind', `no matches for kind "${manifest.kind}" in version "${manifest.apiVersion}"`, ['kind'])

/**
 * What an API server's no says about a manifest: one refusal for each cause, at its place. Undefined for a no that is not about the
 * manifest (the server is starting, our token has ended): that is ours.
 */
export const toRefusals = (manifest: Manifest, error: ApiError, ownNamespace: boolean): readonly Refusal[] | undefined => {
  const { message, details } = error.status
  switch (error.code) {
    case 422:
    case 400:
    case 500: {
      const causes = details.causes.filter(({ field }) => field !== undefined && field !== '')
      if (causes.length > 0)
        return causes.map((cause) => refusal(manifest, 'invalid', cause.message, parseFieldPath(cause.field ?? '', manifest.value)))
      // Server-side apply names the field in its sentence only, and answers 500 to a field of the wrong shape.
      const named = [
        ...message.matchAll(
          /(?:unknown field "|[\s(])\.?((?:spec|metadata|data|rules|roleRef|subjects|stringData)(?:\[[^\]]*\]|[^\s":,[\]])*)/g,
        ),
      ]
      if (named.length > 0)
        return named.map(([, field]) => refusal(manifest, 'invalid', message, parseFieldPath(field ?? '', manifest.value)))
      return error.code === 500 ? undefined : [refusal(manifest, 'invalid', message, [])]
    }
    case 403:
      return [forbidden(manifest, message, ownNamespace)].flat()
    case 404:
      return [refusal(manifest, 'namespace', message, ['metadata', 'namespace'])]
    case 409:
      return [refusal(manifest, 'conflict', message, ['metadata', 'name'])]
    case 413:
      return [refusal(manifest, 'other', message, [])]
    default:
      return undefined
  }
}

const forbidden = (manifest: Manifest, message: string, ownNamespace: boolean): Refusal | readonly Refusal[] => {
  if (message.includes('violates PodSecurity')) return podSecurityRefusals(manifest, message)
  if (/exceeded quota|usage per (Container|Pod|PersistentVolumeClaim) is|must specify (limits|requests)/.test(message))
    return refusal(manifest, 'quota', message, podOf(manifest)?.path ?? ['metadata', 'name'])
  if (message.includes(' cannot '))
    return refusal(manifest, ownNamespace ? 'kind' : 'namespace', message, ownNamespace ? ['kind'] : ['metadata', 'namespace'])
  return refusal(manifest, 'other', message, [])
}

/** `runAsNonRoot != true (pod or container "web" must set securityContext.runAsNonRoot=true)`, each with its place. */
export const podSecurityRefusals = (manifest: Manifest, message: string): readonly Refusal[] => {
  const [head = '', list = ''] = message.split(/(?<=PodSecurity "[^"]*"): /)
  const causes = list.match(/[^,(]+\([^)]*\)/g)?.map((cause) => cause.trim()) ?? [message]
  return causes.map((cause) =>
    refusal(manifest, 'pod-security', `${head.replace(/^.*?(?=(would )?violates? )/, '')}: ${cause}`, podSecurityPath(manifest, cause)),
  )
}

const podSecurityPath = (manifest: Manifest, cause: string): Path => {
  const pod = podOf(manifest)
  if (pod === undefined) return ['kind']
  const spec = [...pod.path, 'spec']
  const volume = /volumes? "([^"]+)"/.exec(cause)?.[1]
  if (volume !== undefined) {
    const list = pod.spec['volumes']
    const index = Array.isArray(list) ? list.findIndex((each: { name?: unknown }) => each.name === volume) : -1
    return index === -1 ? [...spec, 'volumes'] : [...spec, 'volumes', index]
  }
  const shared = /\b(hostNetwork|hostPID|hostIPC)\b/.exec(cause)?.[1]
  if (shared !== undefined) return [...spec, shared]
  const name = /containers? "([^"]+)"/.exec(cause)?.[1]
  const field = /securityContext\.([\w.]+)/.exec(cause)?.[1] ?? /(runAsUser|hostPort|privileged|procMount)/.exec(cause)?.[1]
  const container = pod.containers.find((each) => each.name === name)
  const deep = field === undefined ? [] : ['securityContext', ...field.split('.')]
  // A setting of the Pod counts for its containers; it is the place where it is written and wrong.
  const ofPod = [...spec, ...deep]
  if (container === undefined) return ofPod
  return field !== undefined && writes(pod.spec, deep) && !writes(container.container, deep) ? ofPod : [...container.path, ...deep]
}

const writes = (fields: unknown, path: readonly string[]): boolean =>
  path.reduce<unknown>((inside, step) => (inside as Record<string, unknown> | undefined)?.[step], fields) !== undefined
