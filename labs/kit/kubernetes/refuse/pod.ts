import { DEFAULT_GRACE_SECONDS } from '../arithmetic/termination.ts'
import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { type PodOf, podOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, listOf, type Manifest, textOf } from '../read/manifest.ts'
import { addressComplaint } from './addresses.ts'
import { amountComplaints } from './amounts.ts'
import { between, choice, least, needed } from './complaints.ts'
import { containerComplaints } from './container.ts'
import { hostPorts } from './host-ports.ts'
import { dnsComplaints, placingComplaints } from './placing.ts'
import { securityComplaints } from './security.ts'
import { selectorComplaints } from './selectors.ts'
import { volumeComplaints } from './volumes.ts'

/** What an API server refuses about the Pod of a workload beyond its schema. Source: the field descriptions of `v1.PodSpec`. */
export const podComplaints = (manifest: Manifest): Complaint[] => {
  const pod = podOf(manifest)
  if (pod === undefined) return withoutPod(manifest)
  return [
    ...containerNames(pod),
    ...pod.containers.flatMap(containerComplaints),
    ...volumeComplaints(manifest, pod),
    ...restartPolicy(manifest, pod),
    ...pauses(pod),
    ...spread(pod),
    ...placingComplaints(pod),
    ...dnsComplaints(pod),
    ...securityComplaints(pod),
    ...hostPorts(pod),
    ...general(pod),
  ]
}

/** The schema leaves a workload's `spec`, and the Pod's in its template, to be there or not; nothing can be run without. */
const withoutPod = ({ kind, value }: Manifest): Complaint[] => {
  if (!RUNS_PODS.has(kind)) return []
  const path: string[] = []
  let inside: unknown = value
  for (const step of kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template', 'spec'] : ['spec', 'template', 'spec']) {
    const given = fieldsOf(inside)[step]
    if (given === undefined) return [{ rule: 'field.missing', path: [...path, step], values: { field: step, parent: path.at(-1) ?? kind } }]
    // Of another type: the schema says so.
    if (!isFields(given)) return []
    path.push(step)
    inside = given
  }
  return []
}
const RUNS_PODS = new Set(['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'])

const containerNames = ({ spec, path, containers }: PodOf): Complaint[] => {
  const complaints: Complaint[] = []
  if (Array.isArray(spec['containers']) && spec['containers'].length === 0)
    complaints.push({ rule: 'pod.no-container', path: [...path, 'spec', 'containers'], want: 'key', values: {} })
  const seen = new Set<string>()
  for (const { container, name, path: at } of containers) {
    if (container['name'] === '') complaints.push(...needed(container, at, 'name', 'containers'))
    if (name !== '' && seen.has(name)) complaints.push({ rule: 'pod.container-twice', path: [...at, 'name'], values: { name } })
    seen.add(name)
  }
  return complaints
}

/** What a Pod says about itself as a whole. Source: the same file (ValidatePodSpec, validateHostAliases, ValidatePodTemplateSpec). */
const general = ({ spec, path }: PodOf): Complaint[] => {
  const at = [...path, 'spec']
  const guests = listOf(spec['ephemeralContainers'])
  return [
    ...choice(fieldsOf(spec['os']), [...at, 'os'], 'name', ['linux', 'windows']),
    ...between(spec, at, 'activeDeadlineSeconds', [1, 2 ** 31 - 1]),
    ...(guests.length > 0 ? [{ rule: 'pod.guests' as const, path: [...at, 'ephemeralContainers'], want: 'key' as const, values: {} }] : []),
    ...listOf(spec['hostAliases']).flatMap((alias, index) => addressComplaint(fieldsOf(alias)['ip'], [...at, 'hostAliases', index, 'ip'])),
    // A Pod's own amounts are those of a container, without what others add.
    ...amountComplaints(fieldsOf(spec['resources']), [...at, 'resources']),
  ]
}

/** A hook that sleeps may not sleep longer than the Pod has to end. Source: field descriptions of `v1.SleepAction`. */
const pauses = ({ spec, containers }: PodOf): Complaint[] => {
  const written = spec['terminationGracePeriodSeconds']
  const grace = typeof written === 'number' ? written : DEFAULT_GRACE_SECONDS
  return containers.flatMap(({ container, name, path }) => {
    const seconds = fieldsOf(fieldsOf(fieldsOf(container['lifecycle'])['preStop'])['sleep'])['seconds']
    if (typeof seconds !== 'number' || (seconds >= 0 && seconds <= grace)) return []
    return [{ rule: 'pod.pause', path: [...path, 'lifecycle', 'preStop', 'sleep', 'seconds'], values: { container: name, seconds, grace } }]
  })
}

const ALWAYS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController'])

const restartPolicy = ({ kind }: Manifest, { spec, path }: PodOf): Complaint[] => {
  const policy = spec['restartPolicy']
  const at = [...path, 'spec', 'restartPolicy']
  if (ALWAYS.has(kind) && policy !== undefined && policy !== 'Always')
    return [{ rule: 'pod.restart-policy', path: at, values: { kind, actual: String(policy), choices: 'Always' } }]
  if ((kind === 'Job' || kind === 'CronJob') && policy !== 'Never' && policy !== 'OnFailure')
    return [{ rule: 'pod.restart-policy', path: at, values: { kind, actual: String(policy ?? 'Always'), choices: 'OnFailure, Never' } }]
  return []
}

const WHEN_UNSATISFIABLE = ['DoNotSchedule', 'ScheduleAnyway']

const spread = ({ spec, path }: PodOf): Complaint[] => {
  const seen = new Set<string>()
  return listOf(spec['topologySpreadConstraints']).flatMap((constraint, index): Complaint[] => {
    if (!isFields(constraint)) return []
    const at = [...path, 'spec', 'topologySpreadConstraints', index]
    const pair = `${String(constraint['topologyKey'])} ${String(constraint['whenUnsatisfiable'])}`
    const twice = seen.has(pair)
    seen.add(pair)
    return [
      ...spreadFields(constraint, at),
      ...(twice ? [{ rule: 'spread.twice' as const, path: at, values: { topologyKey: textOf(constraint['topologyKey']) } }] : []),
    ]
  })
}

const spreadFields = (constraint: Fields, at: Path): Complaint[] => [
  ...least(constraint, at, 'maxSkew', 1),
  ...least(constraint, at, 'minDomains', 1),
  ...(Number(constraint['minDomains']) >= 1 && constraint['whenUnsatisfiable'] === 'ScheduleAnyway'
    ? [{ rule: 'spread.min-domains' as const, path: [...at, 'minDomains'], want: 'key' as const, values: {} }]
    : []),
  ...(constraint['topologyKey'] === '' ? needed(constraint, at, 'topologyKey', 'topologySpreadConstraints') : []),
  ...choice(constraint, at, 'whenUnsatisfiable', WHEN_UNSATISFIABLE),
  ...selectorComplaints(constraint['labelSelector'], [...at, 'labelSelector']),
]
