import { DEFAULT_CAPABILITIES } from '../../capabilities.ts'
import { type Fields, fieldsOf, listOf, textOf } from '../read/manifest.ts'
import { containerRule, type LintRule, podRule, securityContext } from './rule.ts'

const shared = (
  field: 'hostNetwork' | 'hostIPC' | 'hostPID',
  id: 'lint.host-network' | 'lint.host-ipc' | 'lint.host-pid',
  sources: readonly string[],
): LintRule =>
  podRule({ id, sources }, function* ({ spec, path }) {
    if (spec[field] === true) yield { path: [...path, 'spec', field], values: {} }
  })

/** What a Pod may reach of its node. */
export const HOST_RULES: readonly LintRule[] = [
  shared('hostNetwork', 'lint.host-network', ['polaris hostNetworkSet', 'kube-linter host-network']),
  shared('hostIPC', 'lint.host-ipc', ['polaris hostIPCSet', 'kube-linter host-ipc']),
  shared('hostPID', 'lint.host-pid', ['polaris hostPIDSet', 'kube-linter host-pid']),
  containerRule({ id: 'lint.host-port', sources: ['polaris hostPortSet'], init: true }, function* ({ container, path }) {
    for (const [index, port] of listOf(container['ports']).entries()) {
      const hostPort = fieldsOf(port)['hostPort']
      if (typeof hostPort === 'number' && hostPort !== 0) yield { path: [...path, 'ports', index, 'hostPort'], values: { port: hostPort } }
    }
  }),
  podRule({ id: 'lint.host-process', sources: ['polaris hostProcess'] }, function* ({ spec, path, containers }) {
    const asks = (fields: Fields): boolean => fieldsOf(securityContext(fields)['windowsOptions'])['hostProcess'] === true
    const deep = ['securityContext', 'windowsOptions', 'hostProcess']
    if (asks(spec)) yield { path: [...path, 'spec', ...deep], values: {} }
    for (const each of containers) if (asks(each.container)) yield { path: [...each.path, ...deep], values: {} }
  }),
]

const DANGEROUS_CAPABILITIES = ['ALL', 'NET_ADMIN', 'SYS_ADMIN']
/** Also refused beside the defaults; the one that Pod Security `restricted` lets a container keep is not. */
const INSECURE_CAPABILITIES = [...DEFAULT_CAPABILITIES.filter((name) => name !== 'NET_BIND_SERVICE'), 'NET_ADMIN', 'SYS_ADMIN', 'ALL']

const capabilities = (container: Fields, which: 'add' | 'drop'): string[] =>
  listOf(fieldsOf(securityContext(container)['capabilities'])[which]).map((name) => String(name).toUpperCase().replace(/^CAP_/, ''))

/** Safe on every node, because they only count in the Pod. Source: Kubernetes documentation, "Using sysctls", safe sysctls. */
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
])

const at = 'securityContext'

/** What a container may do inside. */
export const PRIVILEGE_RULES: readonly LintRule[] = [
  containerRule(
    {
      id: 'lint.privileged',
      sources: ['polaris runAsPrivileged', 'kube-linter privileged-container', 'kube-score Container Security Context Privileged'],
      init: true,
    },
    function* ({ container, path }) {
      if (securityContext(container)['privileged'] === true) yield { path: [...path, at, 'privileged'], values: {} }
    },
  ),
  containerRule(
    {
      id: 'lint.privilege-escalation',
      sources: ['polaris privilegeEscalationAllowed', 'kube-linter privilege-escalation-container'],
      init: true,
    },
    function* ({ container, path }) {
      if (securityContext(container)['allowPrivilegeEscalation'] !== false)
        yield { path: [...path, at, 'allowPrivilegeEscalation'], values: {} }
    },
  ),
  containerRule(
    {
      id: 'lint.writable-root',
      sources: [
        'polaris notReadOnlyRootFilesystem',
        'kube-linter no-read-only-root-fs',
        'kube-score Container Security Context ReadOnlyRootFilesystem',
      ],
      init: true,
    },
    function* ({ container, path }) {
      if (securityContext(container)['readOnlyRootFilesystem'] !== true) yield { path: [...path, at, 'readOnlyRootFilesystem'], values: {} }
    },
  ),
  containerRule(
    { id: 'lint.run-as-root', sources: ['polaris runAsRootAllowed', 'kube-linter run-as-non-root'], init: true },
    function* (each, { pod }) {
      // A container's own setting counts before the Pod's.
      const setting = (field: string): unknown => securityContext(each.container)[field] ?? securityContext(pod.spec)[field]
      const user = setting('runAsUser')
      if (typeof user === 'number' ? user === 0 : setting('runAsNonRoot') !== true)
        yield { path: [...each.path, at, 'runAsNonRoot'], values: {} }
    },
  ),
  containerRule(
    { id: 'lint.dangerous-capability', sources: ['polaris dangerousCapabilities'], init: true },
    function* ({ container, path }) {
      for (const [index, name] of capabilities(container, 'add').entries())
        if (DANGEROUS_CAPABILITIES.includes(name)) yield { path: [...path, at, 'capabilities', 'add', index], values: { capability: name } }
    },
  ),
  containerRule({ id: 'lint.insecure-capability', sources: ['polaris insecureCapabilities'], init: true }, function* ({ container, path }) {
    const [added, dropped] = [capabilities(container, 'add'), capabilities(container, 'drop')]
    const kept = dropped.includes('ALL') ? [] : DEFAULT_CAPABILITIES.filter((name) => !dropped.includes(name))
    const left = [...new Set([...kept, ...added.filter((name) => INSECURE_CAPABILITIES.includes(name))])]
    if (left.length > 0)
      yield { path: [...path, at, 'capabilities'], values: { capabilities: left.slice(0, 3).join(', '), count: left.length } }
  }),
  containerRule({ id: 'lint.net-raw', sources: ['kube-linter drop-net-raw-capability'], init: true }, function* ({ container, path }) {
    // Silent where no capabilities are named at all: that is said once, by lint.insecure-capability.
    if (Object.keys(fieldsOf(securityContext(container)['capabilities'])).length === 0) return
    const dropped = capabilities(container, 'drop')
    if (capabilities(container, 'add').includes('NET_RAW') || !(dropped.includes('NET_RAW') || dropped.includes('ALL')))
      yield { path: [...path, at, 'capabilities'], values: {} }
  }),
  containerRule(
    { id: 'lint.proc-mount', sources: ['polaris procMount', 'kube-linter unsafe-proc-mount'], init: true },
    function* ({ container, path }) {
      const procMount = textOf(securityContext(container)['procMount'])
      if (procMount !== '' && procMount !== 'Default') yield { path: [...path, at, 'procMount'], values: { procMount } }
    },
  ),
  podRule(
    { id: 'lint.sysctl', sources: ['kube-linter unsafe-sysctls', 'Kubernetes: Using sysctls in a Kubernetes Cluster'] },
    function* ({ spec, path }) {
      for (const [index, sysctl] of listOf(securityContext(spec)['sysctls']).entries()) {
        const name = textOf(fieldsOf(sysctl)['name'])
        if (name !== '' && !SAFE_SYSCTLS.has(name))
          yield { path: [...path, 'spec', at, 'sysctls', index, 'name'], values: { sysctl: name } }
      }
    },
  ),
]
