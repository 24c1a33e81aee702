import { describe, expect, test } from 'vitest'
import { DEFAULT_CLUSTER_LIMITS, shapeOf, toNamespaceObjects } from '../../../runner/sandbox/kubernetes/namespace.ts'
import { openNamespacePool } from '../../../runner/sandbox/kubernetes/namespace-pool.ts'
import type { Prepared } from '../../../runner/sandbox/kubernetes/prepare.ts'
import { toProberPod } from '../../../runner/sandbox/kubernetes/prober.ts'

const spec = {
  name: 'hatoba-a',
  instance: 'one',
  deadline: 1_800_000_000,
  shape: shapeOf({ submission: 's', deadlineSeconds: 60, allows: ['v1 Service', 'apps/v1 Deployment', 'v1 Service'] }),
  resources: [
    { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true },
    { group: '', version: 'v1', plural: 'services', namespaced: true },
  ],
}

describe('a namespace', () => {
  test('is guarded by exactly this', () => {
    expect(toNamespaceObjects(spec)).toMatchSnapshot()
  })

  test('gives the learner exactly the kinds that the lab allows, and no part of any of them', () => {
    const role = toNamespaceObjects(spec).find(({ path }) => path.endsWith('/roles'))?.body as {
      rules: { resources: string[]; verbs: string[] }[]
    }
    expect(role.rules.flatMap(({ resources }) => resources).toSorted()).toEqual(['deployments', 'services'])
    expect(JSON.stringify(role)).not.toMatch(/\*|bind|escalate|impersonate|exec|ephemeral/)
  })

  test('keeps the account of the learner where no Pod of the learner can be it', () => {
    const objects = toNamespaceObjects(spec)
    const account = objects.find(({ path }) => path.endsWith('/serviceaccounts'))
    expect(account?.path).not.toContain(spec.name)
    const binding = objects.find(({ path }) => path.endsWith('/rolebindings'))?.body as { subjects: { namespace: string }[] }
    expect(binding.subjects.map(({ namespace }) => `/api/v1/namespaces/${namespace}/serviceaccounts`)).toEqual([account?.path])
  })

  test.each([
    ['namespace', ['hatoba-deny', 'hatoba-inside']],
    ['nothing', ['hatoba-deny']],
    ['learner', []],
  ] as const)('with the network "%s" has the policies %o', (network, names) => {
    const policies = toNamespaceObjects({ ...spec, shape: { ...spec.shape, network } }).filter(({ path }) =>
      path.endsWith('/networkpolicies'),
    )
    expect(policies.map(({ body }) => (body['metadata'] as { name: string }).name)).toEqual(names)
  })

  test('of two submissions of one lab is of one shape', () => {
    const other = shapeOf({ submission: 't', deadlineSeconds: 9, allows: ['apps/v1 Deployment', 'v1 Service'] })
    expect(other).toEqual(spec.shape)
    expect(other.limits).toEqual(DEFAULT_CLUSTER_LIMITS)
  })
})

test('the prober is a Pod that Pod Security "restricted" admits and that has no way to the API server', () => {
  const pod = toProberPod({ image: 'node:1', instance: 'one', sandbox: 'hatoba-a', deadline: 1_800_000_000 }, 'prober-files')
  expect(pod).toMatchSnapshot()
})

describe('the pool of namespaces', () => {
  const open = (most = 10) => {
    const made: string[] = []
    const removed: string[] = []
    const pool = openNamespacePool({
      most,
      prepare: async (shape) => {
        const name = `n${made.length}`
        made.push(name)
        return { name, shape, deadline: Date.now() + 3_600_000 } as unknown as Prepared
      },
      remove: async ({ name }) => void removed.push(name),
    })
    return { pool, made, removed }
  }

  test('gives what it has made in advance, each once, and makes what it has not', async () => {
    const { pool, made, removed } = open()
    await pool.warm(spec.shape)
    const names = [await pool.take(spec.shape), await pool.take(spec.shape)].map(({ name }) => name)
    expect(names).toEqual(['n0', 'n1'])
    pool.tend()
    await pool[Symbol.asyncDispose]()
    expect(made).toEqual(['n0', 'n1', 'n2', 'n3'])
    expect(removed.toSorted()).toEqual(['n2', 'n3'])
  })

  test('never makes more in advance than it may', async () => {
    const { pool, made } = open(1)
    await Promise.all([pool.warm(spec.shape), pool.warm(spec.shape)])
    expect(made).toEqual(['n0'])
    await pool[Symbol.asyncDispose]()
  })
})
