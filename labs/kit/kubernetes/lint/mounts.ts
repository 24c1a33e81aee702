import type { PodOf } from '../pod.ts'
import { fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { containerRule, type LintRule, nameOf, podRule } from './rule.ts'

interface HostVolume {
  readonly name: string
  readonly hostPath: string
  readonly index: number
}

const hostVolumes = ({ spec }: PodOf): HostVolume[] =>
  listOf(spec['volumes']).flatMap((volume, index) => {
    const host = fieldsOf(volume)['hostPath']
    return isFields(host) ? [{ name: nameOf(volume), hostPath: textOf(host['path']), index }] : []
  })

const SOCKET = /(docker|containerd|crio)\.sock$/
const SENSITIVE = new Set(['/', '/boot', '/dev', '/etc', '/lib', '/proc', '/sys', '/usr'])

/** What a Pod sees of its node's disk. */
export const MOUNT_RULES: readonly LintRule[] = [
  podRule({ id: 'lint.host-path', sources: ['polaris hostPathSet'] }, function* (pod) {
    for (const { index, hostPath } of hostVolumes(pod))
      yield { path: [...pod.path, 'spec', 'volumes', index, 'hostPath'], values: { hostPath } }
  }),
  podRule({ id: 'lint.engine-socket', sources: ['kube-linter docker-sock', 'kube-linter container-runtime-sock'] }, function* (pod) {
    for (const { index, hostPath } of hostVolumes(pod))
      if (SOCKET.test(hostPath)) yield { path: [...pod.path, 'spec', 'volumes', index, 'hostPath', 'path'], values: { hostPath } }
  }),
  podRule({ id: 'lint.sensitive-mount', sources: ['kube-linter sensitive-host-mounts'] }, function* (pod) {
    for (const { index, hostPath } of hostVolumes(pod))
      if (SENSITIVE.has(hostPath.replace(/(.)\/+$/, '$1')))
        yield { path: [...pod.path, 'spec', 'volumes', index, 'hostPath', 'path'], values: { hostPath } }
  }),
  containerRule(
    { id: 'lint.writable-host-mount', sources: ['kube-linter writable-host-mount'], init: true },
    function* ({ container, path }, { pod }) {
      const hosts = new Map(hostVolumes(pod).map(({ name, hostPath }) => [name, hostPath]))
      for (const [index, mount] of listOf(container['volumeMounts']).entries()) {
        const hostPath = hosts.get(nameOf(mount))
        if (hostPath !== undefined && fieldsOf(mount)['readOnly'] !== true)
          yield { path: [...path, 'volumeMounts', index], values: { hostPath } }
      }
    },
  ),
]
