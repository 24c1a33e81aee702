import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  allowedDisruptions,
  compareQuantities,
  daemonSetBounds,
  deploymentBounds,
  domainsFor,
  drainCanEnd,
  inMiB,
  inThousandths,
  inUnits,
  parseQuantity,
  podAmount,
  podOf,
  probeTiming,
  type QosClass,
  qosClass,
  readManifests,
  scaledValue,
  skewOf,
  slowestVerdictSeconds,
  startupBudgetSeconds,
  terminationTimes,
  totalAmount,
  writeCpu,
  writeMemory,
} from '../../../labs/kit/kubernetes/index.ts'
import { sharedJson, sharedText } from './corpus.ts'

interface Reference {
  readonly rollingUpdateDeployment: {
    readonly derived: readonly { readonly replicas: number; readonly maxTotal: number; readonly minAvailable: number }[]
  }
  readonly qos: { readonly fixtures: readonly { readonly file: string; readonly cls: QosClass }[] }
  readonly probes: { readonly defaults: Readonly<Record<string, number>> }
}
const reference = sharedJson<Reference>('reference/kubernetes/arithmetic.json')
const index = sharedJson<{ accept: readonly { file: string; qosClass?: QosClass }[] }>('corpus/kubernetes/index.json')

const podFrom = (text: string) => {
  const [manifest] = readManifests('a.yaml', text).manifests
  const pod = manifest && podOf(manifest)
  if (pod === undefined) throw new Error('no Pod')
  return pod
}
const pod = (spec: object) => podFrom(JSON.stringify({ kind: 'Pod', spec }))

describe('an amount', () => {
  test.each([
    ['500m', 500],
    ['0.5', 500],
    ['1', 1000],
    [2, 2000],
    ['1e3', 1_000_000],
    ['1E3', 1_000_000],
    ['1k', 1_000_000],
    ['100u', 1],
    ['1n', 1],
    ['-1', -1000],
    ['.5', 500],
    ['5.', 5000],
    ['1E', 1e21],
    ['0', 0],
  ])('%s is %d thousandths', (written, thousandths) => {
    expect(inThousandths(parseQuantity(written) ?? { billionths: -1n })).toBe(thousandths)
  })

  test.each([
    ['64Mi', 64],
    ['1Gi', 1024],
    ['1Ti', 1024 ** 2],
    ['0.5Gi', 512],
  ])('%s is %d MiB', (written, mebibytes) => {
    expect(inMiB(parseQuantity(written) ?? { billionths: -1n })).toBe(mebibytes)
  })

  test.each(['64MB', '1 Gi', 'Mi', '', '1K', '1mi', '--1', '1e', '1e1e1', '0x10', 'NaN', '1Gi2', true, null, {}, '1.2.3', '１'])(
    '%s is none',
    (written) => {
      expect(parseQuantity(written)).toBeUndefined()
    },
  )

  test('is written in its shortest exact form', () => {
    expect(['1500m', '2', '0.25'].map((each) => writeCpu(parseQuantity(each) ?? { billionths: 0n }))).toEqual(['1500m', '2', '250m'])
    expect(['1024Mi', '1500Mi', '1000', '0'].map((each) => writeMemory(parseQuantity(each) ?? { billionths: 0n }))).toEqual([
      '1Gi',
      '1500Mi',
      '1000',
      '0',
    ])
  })

  test('keeps its order and its size however it is written', () => {
    const mebibytes = fc.integer({ min: 0, max: 1_000_000 })
    fc.assert(
      fc.property(mebibytes, mebibytes, (a, b) => {
        const [x, y] = [parseQuantity(`${a}Mi`), parseQuantity(`${b * 1024 * 1024}`)]
        if (x === undefined || y === undefined) throw new Error('not read')
        expect(Math.sign(compareQuantities(x, y))).toBe(Math.sign(a - b))
        expect(inUnits(parseQuantity(writeMemory(x)) ?? { billionths: -1n })).toBe(a * 1024 * 1024)
      }),
    )
  })
})

describe('what a Pod reserves', () => {
  const container = (name: string, cpu: string, more: object = {}): object => ({ name, resources: { requests: { cpu } }, ...more })
  const milli = (spec: object): number => inThousandths(podAmount(pod(spec), 'requests', 'cpu'))

  test.each([
    ['the sum of its containers', { containers: [container('a', '100m'), container('b', '200m')] }, 300],
    [
      'its largest init container, where that is more',
      { containers: [container('a', '100m')], initContainers: [container('i', '500m'), container('j', '400m')] },
      500,
    ],
    [
      'sidecars for ever',
      { containers: [container('a', '100m')], initContainers: [container('s', '50m', { restartPolicy: 'Always' })] },
      150,
    ],
    [
      'an init container beside the sidecars before it',
      {
        containers: [container('a', '100m')],
        initContainers: [container('s', '50m', { restartPolicy: 'Always' }), container('i', '500m')],
      },
      550,
    ],
    [
      'an init container without the sidecars after it',
      {
        containers: [container('a', '100m')],
        initContainers: [container('i', '500m'), container('s', '50m', { restartPolicy: 'Always' })],
      },
      500,
    ],
    ['its overhead on top', { containers: [container('a', '100m')], overhead: { cpu: '10m' } }, 110],
    ['what the Pod itself says, where it does', { containers: [container('a', '100m')], resources: { requests: { cpu: '1' } } }, 1000],
    ['the limit where there is no request', { containers: [{ name: 'a', resources: { limits: { cpu: '2' } } }] }, 2000],
  ])('is %s', (_, spec, thousandths) => {
    expect(milli(spec)).toBe(thousandths)
  })

  test('is multiplied by its replicas', () => {
    const [manifest] = readManifests(
      'a.yaml',
      JSON.stringify({ kind: 'Deployment', spec: { template: { spec: { containers: [container('a', '250m')] } } } }),
    ).manifests
    expect(manifest && writeCpu(totalAmount(manifest, 'requests', 'cpu', 6))).toBe('1500m')
  })
})

describe('the quality of service class', () => {
  const both = { cpu: '1', memory: '1Gi' }
  test.each<[string, object[], QosClass]>([
    ['nothing written', [{}], 'BestEffort'],
    ['limits alone for both', [{ limits: both }], 'Guaranteed'],
    ['requests equal to limits, written differently', [{ limits: both, requests: { cpu: '1000m', memory: '1024Mi' } }], 'Guaranteed'],
    ['requests below limits', [{ limits: both, requests: { cpu: '500m' } }], 'Burstable'],
    ['one of two containers without', [{ limits: both }, {}], 'Burstable'],
    ['a limit for one resource only', [{ limits: { cpu: '1' } }], 'Burstable'],
    ['other resources only', [{ limits: { 'ephemeral-storage': '1Gi' } }], 'BestEffort'],
  ])('of %s', (_, resources, expected) => {
    expect(qosClass(pod({ containers: resources.map((each, index) => ({ name: `c${index}`, resources: each })) }))).toBe(expected)
  })

  const fixtures = [
    ...(reference?.qos.fixtures.map(({ file, cls }) => ({ file, cls })) ?? []),
    ...(index?.accept.flatMap(({ file, qosClass: cls }) => (cls === undefined ? [] : [{ file, cls }])) ?? []),
  ].filter(({ file }) => index?.accept.some((each) => each.file === file))
  test.skipIf(fixtures.length === 0).each(fixtures)('of $file is $cls', ({ file, cls }) => {
    expect(qosClass(podFrom(sharedText(`corpus/kubernetes/${file}`)))).toBe(cls)
  })
})

describe('a rollout', () => {
  test.skipIf(reference === undefined).each(reference?.rollingUpdateDeployment.derived ?? [])(
    'of $replicas by default has at most $maxTotal and at least $minAvailable',
    ({ replicas, maxTotal, minAvailable }) => {
      expect(deploymentBounds(replicas)).toEqual({ maxTotal, minAvailable })
    },
  )

  test.each([
    [10, { maxSurge: '30%', maxUnavailable: '30%' }, { maxTotal: 13, minAvailable: 7 }],
    [10, { maxSurge: 1, maxUnavailable: 0 }, { maxTotal: 11, minAvailable: 10 }],
    [3, { maxSurge: 0, maxUnavailable: '10%' }, { maxTotal: 3, minAvailable: 2 }],
    [3, { maxSurge: 0, maxUnavailable: 5 }, { maxTotal: 3, minAvailable: 0 }],
    [25, { maxSurge: '28%', maxUnavailable: 0 }, { maxTotal: 32, minAvailable: 25 }],
    [0, {}, { maxTotal: 0, minAvailable: 0 }],
  ])('of %d with %o', (replicas, update, bounds) => {
    expect(deploymentBounds(replicas, update)).toEqual(bounds)
  })

  test('of a DaemonSet rounds the other way', () => {
    expect(daemonSetBounds(10)).toEqual({ maxTotal: 10, minAvailable: 9 })
    expect(daemonSetBounds(7, { maxUnavailable: '30%' })).toEqual({ maxTotal: 7, minAvailable: 4 })
    expect(deploymentBounds(7, { maxSurge: 0, maxUnavailable: '30%' })).toEqual({ maxTotal: 7, minAvailable: 5 })
    expect(daemonSetBounds(5, { maxSurge: '1%', maxUnavailable: 0 })).toEqual({ maxTotal: 6, minAvailable: 5 })
  })

  test('always lets somebody be replaced, and never asks for more than there are', () => {
    const percent = fc.integer({ min: 0, max: 100 }).map((each) => `${each}%`)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), percent, percent, (replicas, maxSurge, maxUnavailable) => {
        const { maxTotal, minAvailable } = deploymentBounds(replicas, { maxSurge, maxUnavailable })
        expect(maxTotal - minAvailable).toBeGreaterThan(0)
        expect(minAvailable).toBeGreaterThanOrEqual(0)
        expect(minAvailable).toBeLessThanOrEqual(replicas)
      }),
    )
  })

  test('scales percentages without the errors of floating point', () => {
    expect(scaledValue('28%', 25, 'up')).toBe(7)
    expect(scaledValue('29%', 100, 'down')).toBe(29)
    expect(scaledValue('soon', 10, 'up')).toBeNaN()
  })
})

describe('a disruption budget', () => {
  test.each([
    [{ minAvailable: 2 }, { expected: 3, healthy: 3 }, 1],
    [{ minAvailable: '50%' }, { expected: 7, healthy: 7 }, 3],
    [{ maxUnavailable: '30%' }, { expected: 7, healthy: 7 }, 3],
    [{ maxUnavailable: 1 }, { expected: 3, healthy: 2 }, 0],
    [{ minAvailable: 5 }, { expected: 3, healthy: 3 }, 0],
    [{ maxUnavailable: 5 }, { expected: 3, healthy: 3 }, 3],
    [{ maxUnavailable: 1 }, { expected: 0, healthy: 0 }, 0],
  ])('%o with %o lets %d go', (policy, pods, allowed) => {
    expect(allowedDisruptions(policy, pods)).toBe(allowed)
  })

  test('can make a drain that never ends', () => {
    expect(drainCanEnd({ maxUnavailable: 0 }, 5)).toBe(false)
    expect(drainCanEnd({ maxUnavailable: '0%' }, 5)).toBe(false)
    expect(drainCanEnd({ minAvailable: '100%' }, 5)).toBe(false)
    expect(drainCanEnd({ minAvailable: 5 }, 5)).toBe(false)
    expect(drainCanEnd({ maxUnavailable: '1%' }, 5)).toBe(true)
  })
})

describe('topology spread', () => {
  test('counts from the emptiest domain', () => {
    expect(skewOf({ a: 3, b: 1, c: 2 })).toBe(2)
    expect(skewOf({ a: 2, b: 2 }, 3), 'too few domains: the emptiest counts as 0').toBe(2)
    expect(domainsFor({ a: 2, b: 1 }, { maxSkew: 1 })).toEqual(['b'])
    expect(domainsFor({ a: 1, b: 1 }, { maxSkew: 1 })).toEqual(['a', 'b'])
    expect(domainsFor({ a: 1, b: 1 }, { maxSkew: 1, minDomains: 3 })).toEqual([])
  })

  test('never grows beyond what is allowed, however many Pods come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.nat(100), { maxLength: 60 }),
        (domains, maxSkew, choices) => {
          const counts: Record<string, number> = Object.fromEntries(Array.from({ length: domains }, (_, index) => [`d${index}`, 0]))
          for (const choice of choices) {
            const possible = domainsFor(counts, { maxSkew })
            expect(possible.length).toBeGreaterThan(0)
            const domain = possible[choice % possible.length] ?? ''
            counts[domain] = (counts[domain] ?? 0) + 1
            expect(skewOf(counts)).toBeLessThanOrEqual(maxSkew)
          }
        },
      ),
    )
  })
})

describe('probes and the end', () => {
  test.skipIf(reference === undefined)('have the defaults of the reference', () => {
    expect(probeTiming({})).toEqual(reference?.probes.defaults)
  })

  test('give a slow starter its budget', () => {
    expect(startupBudgetSeconds(probeTiming({ failureThreshold: 30, periodSeconds: 10 }))).toBe(300)
    expect(slowestVerdictSeconds(probeTiming({}))).toBe(31)
  })

  test.each([
    [{ stopSeconds: 5 }, { sigtermAtSeconds: 0, endedAtSeconds: 5, killed: false }],
    [{ stopSeconds: 50 }, { sigtermAtSeconds: 0, endedAtSeconds: 30, killed: true }],
    [
      { preStopSeconds: 10, stopSeconds: 15, graceSeconds: 30 },
      { sigtermAtSeconds: 10, endedAtSeconds: 25, killed: false },
    ],
    [
      { preStopSeconds: 20, stopSeconds: 15, graceSeconds: 30 },
      { sigtermAtSeconds: 20, endedAtSeconds: 30, killed: true },
    ],
    [
      { preStopSeconds: 60, stopSeconds: 1, graceSeconds: 30 },
      { sigtermAtSeconds: 30, endedAtSeconds: 31, killed: false },
    ],
    [
      { preStopSeconds: 60, stopSeconds: 5, graceSeconds: 30 },
      { sigtermAtSeconds: 30, endedAtSeconds: 32, killed: true },
    ],
    [
      { preStopSeconds: 5, stopSeconds: 5, graceSeconds: 0 },
      { sigtermAtSeconds: 0, endedAtSeconds: 0, killed: true },
    ],
  ])('%o ends as %o', (given, times) => {
    expect(terminationTimes(given)).toEqual(times)
  })
})
