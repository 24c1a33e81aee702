import { compareQuantities, parseQuantity } from '../arithmetic/quantity.ts'
import type { ContainerOf } from '../pod.ts'
import { fieldsOf, listOf, textOf } from '../read/manifest.ts'
import type { LintId } from '../text/lint.ts'
import { containerRule, type LintOptions, type LintRule } from './rule.ts'

const amount = ({ container }: ContainerOf, part: 'requests' | 'limits', resource: string): unknown =>
  fieldsOf(fieldsOf(container['resources'])[part])[resource]

const missing = (id: LintId, part: 'requests' | 'limits', resource: string, sources: readonly string[], optional?: true): LintRule =>
  containerRule({ id, sources, init: true, ...(optional ? { optional } : {}) }, function* (each) {
    const given = amount(each, part, resource)
    // An amount of nothing is no request and no limit.
    if (given === undefined || parseQuantity(given)?.billionths === 0n)
      yield { path: [...each.path, 'resources', part, resource], values: {} }
  })

const range = (resource: 'memory' | 'cpu', of: (options: LintOptions) => readonly [string, string]): LintRule =>
  containerRule({ id: 'lint.limit-range', sources: ['polaris resourceRange'], optional: true }, function* (each, _workload, { options }) {
    const given = parseQuantity(amount(each, 'limits', resource))
    const [least, most] = of(options)
    const [from, to] = [parseQuantity(least), parseQuantity(most)]
    if (given === undefined || from === undefined || to === undefined) return
    if (compareQuantities(given, from) < 0 || compareQuantities(given, to) > 0)
      yield {
        path: [...each.path, 'resources', 'limits', resource],
        values: { resource, least, most, actual: String(amount(each, 'limits', resource)) },
      }
  })

const portRule = (
  id: 'lint.ssh-port' | 'lint.privileged-port',
  sources: readonly string[],
  bad: (port: number, protocol: string) => boolean,
  optional?: true,
): LintRule =>
  containerRule({ id, sources, init: true, ...(optional ? { optional } : {}) }, function* ({ container, path }) {
    for (const [index, port] of listOf(container['ports']).entries()) {
      const { containerPort, protocol } = fieldsOf(port)
      if (typeof containerPort === 'number' && bad(containerPort, textOf(protocol) || 'TCP'))
        yield { path: [...path, 'ports', index, 'containerPort'], values: { port: containerPort } }
    }
  })

/** Where nothing is asked, a limit is the request: Kubernetes fills it in. */
const unequal = (id: LintId, resource: string, sources: readonly string[]): LintRule =>
  containerRule({ id, sources: sources.map((check) => `kube-score Container ${check}`), optional: true, init: true }, function* (each) {
    const limit = amount(each, 'limits', resource)
    const request = amount(each, 'requests', resource) ?? limit
    if (request === undefined) return
    const [asked, most] = [parseQuantity(request), parseQuantity(limit ?? 0)]
    if (asked !== undefined && most !== undefined && compareQuantities(asked, most) !== 0)
      yield { path: [...each.path, 'resources', 'requests', resource], values: { request: String(request), limit: String(limit ?? '-') } }
  })

const SCORE = 'kube-score Container Resources'

/** What a container asks of its node. */
export const RESOURCE_RULES: readonly LintRule[] = [
  missing('lint.no-cpu-request', 'requests', 'cpu', ['polaris cpuRequestsMissing', 'kube-linter unset-cpu-requirements', SCORE]),
  missing('lint.no-memory-request', 'requests', 'memory', [
    'polaris memoryRequestsMissing',
    'kube-linter unset-memory-requirements',
    SCORE,
  ]),
  missing('lint.no-cpu-limit', 'limits', 'cpu', ['polaris cpuLimitsMissing', 'kube-linter unset-cpu-requirements', SCORE], true),
  missing('lint.no-memory-limit', 'limits', 'memory', ['polaris memoryLimitsMissing', 'kube-linter unset-memory-requirements', SCORE]),
  ...(['requests', 'limits'] as const).map((part) =>
    missing(
      'lint.no-ephemeral-storage',
      part,
      'ephemeral-storage',
      ['kube-score Container Ephemeral Storage Request and Limit', 'kube-linter unset-ephemeral-storage-requirements'],
      true,
    ),
  ),
  unequal('lint.cpu-unequal', 'cpu', ['CPU Requests Equal Limits', 'Resource Requests Equal Limits']),
  unequal('lint.memory-unequal', 'memory', ['Memory Requests Equal Limits', 'Resource Requests Equal Limits']),
  unequal('lint.storage-unequal', 'ephemeral-storage', ['Ephemeral Storage Request Equals Limit']),
  range('memory', ({ memoryLimit }) => memoryLimit),
  range('cpu', ({ cpuLimit }) => cpuLimit),
  portRule('lint.ssh-port', ['kube-linter ssh-port'], (port, protocol) => port === 22 && protocol === 'TCP'),
  portRule('lint.privileged-port', ['kube-linter privileged-ports'], (port) => port > 0 && port < 1024, true),
]
