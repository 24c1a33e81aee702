import { DEFAULT_GRACE_SECONDS } from '../arithmetic/termination.ts'
import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isLabelName } from '../names.ts'
import { type PodOf, podOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, listOf, type Manifest, textOf } from '../read/manifest.ts'
import { containerComplaints } from './container.ts'

/** What an API server refuses about the Pod of a workload beyond its schema. Source: the field descriptions of `v1.PodSpec`. */
export const podComplaints = (manifest: Manifest): Complaint[] => {
  const pod = podOf(manifest)
  if (pod === undefined) return withoutPod(manifest)
  return [
    ...containerNames(pod),
    ...pod.containers.flatMap(containerComplaints),
    ...volumes(manifest, pod),
    ...restartPolicy(manifest, pod),
    ...pauses(pod),
    ...spread(pod),
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
  for (const { name, path: at } of containers) {
    if (name !== '' && seen.has(name)) complaints.push({ rule: 'pod.container-twice', path: [...at, 'name'], values: { name } })
    seen.add(name)
  }
  return complaints
}

const volumes = ({ value, kind }: Manifest, { spec, path, containers }: PodOf): Complaint[] => {
  const complaints: Complaint[] = []
  const known = new Set<string>()
  for (const [index, volume] of listOf(spec['volumes']).entries()) {
    const name = textOf(fieldsOf(volume)['name'])
    const at = [...path, 'spec', 'volumes', index, 'name']
    if (name === '') continue
    if (!isLabelName(name)) complaints.push({ rule: 'name.label', path: at, values: { name } })
    if (known.has(name)) complaints.push({ rule: 'pod.volume-twice', path: at, values: { name } })
    known.add(name)
  }
  if (kind === 'StatefulSet')
    for (const claim of listOf(fieldsOf(value['spec'])['volumeClaimTemplates']))
      known.add(textOf(fieldsOf(fieldsOf(claim)['metadata'])['name']))
  for (const each of containers)
    for (const list of ['volumeMounts', 'volumeDevices'] as const)
      for (const [index, mount] of listOf(each.container[list]).entries()) {
        const name = textOf(fieldsOf(mount)['name'])
        if (name !== '' && !known.has(name))
          complaints.push({ rule: 'pod.volume-missing', path: [...each.path, list, index, 'name'], values: { name, container: each.name } })
      }
  return complaints
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

const spreadFields = (constraint: Fields, at: Path): Complaint[] => {
  const complaints: Complaint[] = []
  const { maxSkew, minDomains, topologyKey, whenUnsatisfiable } = constraint
  if (typeof maxSkew === 'number' && maxSkew < 1)
    complaints.push({ rule: 'field.least', path: [...at, 'maxSkew'], values: { field: 'maxSkew', actual: maxSkew, least: 1 } })
  if (typeof minDomains === 'number' && minDomains < 1)
    complaints.push({ rule: 'field.least', path: [...at, 'minDomains'], values: { field: 'minDomains', actual: minDomains, least: 1 } })
  else if (minDomains !== undefined && whenUnsatisfiable === 'ScheduleAnyway')
    complaints.push({ rule: 'spread.min-domains', path: [...at, 'minDomains'], want: 'key', values: {} })
  if (topologyKey === '') complaints.push({ rule: 'field.empty', path: [...at, 'topologyKey'], values: { field: 'topologyKey' } })
  if (typeof whenUnsatisfiable === 'string' && !WHEN_UNSATISFIABLE.includes(whenUnsatisfiable))
    complaints.push({
      rule: 'field.choice',
      path: [...at, 'whenUnsatisfiable'],
      values: { field: 'whenUnsatisfiable', actual: whenUnsatisfiable, choices: WHEN_UNSATISFIABLE.join(', ') },
    })
  return complaints
}
