import { isDeepStrictEqual } from 'node:util'
import type { ContainerOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { matchesLabels } from '../selector.ts'
import { containerRule, type LintRule, podRule, sameNamespace, specOf, type Workload, type World } from './rule.ts'

const missing = (
  field: 'livenessProbe' | 'readinessProbe' | 'startupProbe',
  id: 'lint.no-liveness' | 'lint.no-readiness' | 'lint.no-startup',
  sources: readonly string[],
): LintRule =>
  containerRule(
    { id, sources, ...(field === 'readinessProbe' ? {} : { optional: true as const }) },
    function* ({ container, path, role }, { manifest }) {
      if (role === 'main' && !ENDS.has(manifest.kind) && !isFields(container[field])) yield { path: [...path, field], values: {} }
    },
  )
/** Kinds whose Pods end by themselves: nobody waits for them to become ready. */
const ENDS = new Set(['Job', 'CronJob'])

const HANDLERS = { httpGet: 'TCP', tcpSocket: 'TCP', grpc: 'TCP' } as const

const portRule = (field: 'livenessProbe' | 'readinessProbe' | 'startupProbe', sources: readonly string[]): LintRule =>
  containerRule({ id: 'lint.probe-port', sources }, function* (each) {
    for (const [handler, protocol] of Object.entries(HANDLERS)) {
      const { port } = fieldsOf(fieldsOf(each.container[field])[handler])
      if ((typeof port === 'number' || typeof port === 'string') && !exposes(each, port, protocol))
        yield { path: [...each.path, field, handler, 'port'], values: { probe: field, port: String(port) } }
    }
  })

const exposes = ({ container }: ContainerOf, wanted: number | string, protocol: string): boolean =>
  listOf(container['ports']).some((port) => {
    const { name, containerPort, protocol: own } = fieldsOf(port)
    return (name === wanted || containerPort === wanted) && (textOf(own) || 'TCP') === protocol
  })

/** Whether a Service sends requests to this workload's Pods. */
export const isTargeted = ({ manifest, pod }: Workload, world: World): boolean =>
  world.ofKind('Service').some((service) => {
    const selector = fieldsOf(specOf(service)['selector'])
    return Object.keys(selector).length > 0 && sameNamespace(service, manifest) && matchesLabels(selector, pod.labels)
  })

/** What a probe asks, without how often. */
const question = (probe: unknown): Fields => {
  const { exec, httpGet, tcpSocket, grpc } = fieldsOf(probe)
  return { exec, httpGet, tcpSocket, grpc }
}

export const PROBE_RULES: readonly LintRule[] = [
  missing('livenessProbe', 'lint.no-liveness', ['polaris livenessProbeMissing', 'kube-linter no-liveness-probe']),
  missing('readinessProbe', 'lint.no-readiness', ['polaris readinessProbeMissing', 'kube-linter no-readiness-probe']),
  missing('startupProbe', 'lint.no-startup', ['kube-linter no-startup-probe']),
  portRule('livenessProbe', ['kube-linter liveness-port', 'kube-linter probe-port']),
  portRule('readinessProbe', ['kube-linter readiness-port', 'kube-linter probe-port']),
  portRule('startupProbe', ['kube-linter startup-port', 'kube-linter probe-port']),
  podRule({ id: 'lint.service-without-readiness', sources: ['kube-score Pod Probes'] }, function* (pod, workload, world) {
    if (
      !isTargeted(workload, world) ||
      pod.containers.some(({ container, role }) => role !== 'init' && isFields(container['readinessProbe']))
    )
      return
    yield { path: [...pod.path, 'spec', 'containers'], want: 'key', values: {} }
  }),
  containerRule({ id: 'lint.probes-identical', sources: ['kube-score Pod Probes Identical'] }, function* ({ container, path }) {
    const { livenessProbe, readinessProbe } = container
    if (isFields(livenessProbe) && isFields(readinessProbe) && isDeepStrictEqual(question(livenessProbe), question(readinessProbe)))
      yield { path: [...path, 'livenessProbe'], want: 'key', values: {} }
  }),
]
