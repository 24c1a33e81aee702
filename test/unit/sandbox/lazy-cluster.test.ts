import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type ClusterPlace, lazyCluster } from '../../../runner/sandbox/lazy-cluster.ts'

const NONE: ClusterPlace = {
  ready: false,
  because: 'There is none.',
  fix: 'Make one.',
  ja: { because: 'ありません。', fix: '作ってください。' },
}

/** A cluster that is looked for so often, and what is found. */
const looking = (find: () => Promise<ClusterPlace>) => {
  const asked = { times: 0 }
  const cluster = lazyCluster({
    instance: 'test',
    find: () => {
      asked.times += 1
      return find()
    },
  })
  return { asked, cluster }
}

describe('a cluster that no lab has needed yet', () => {
  test('is not looked for by the sweep, nor when it is put away', async () => {
    const { asked, cluster } = looking(async () => NONE)
    expect(await cluster.sweep(new Date())).toBe(0)
    await cluster[Symbol.asyncDispose]()
    expect(asked.times).toBe(0)
  })

  test('is looked for again after there was none', async () => {
    const { asked, cluster } = looking(async () => NONE)
    expect(await cluster.probe()).toEqual(NONE)
    expect(await cluster.probe()).toEqual(NONE)
    expect(asked.times).toBe(2)
    await expect(cluster.open({ submission: 's', deadlineSeconds: 1, allows: [] })).rejects.toMatchObject({ code: 'cluster.unavailable' })
  })

  test('says in its probe what went wrong while it was looked for', async () => {
    const { cluster } = looking(() => Promise.reject(new Error('kind is broken')))
    expect(await cluster.probe()).toMatchObject({
      ready: false,
      because: 'kind is broken',
      ja: { because: 'Kubernetes クラスターに接続できません (kind is broken)。' },
    })
    expect(await cluster.known()).toMatchObject({ ready: false, because: 'kind is broken' })
  })

  test('costs no client library: neither the server nor the commands load it', async () => {
    const program = `
      const { registerHooks } = await import('node:module')
      const seen = []
      registerHooks({ resolve: (name, context, next) => { if (name.startsWith('@kubernetes/client-node')) seen.push(name); return next(name, context) } })
      for (const file of ['server.ts', 'cli/up.ts', 'cli/lab-verify.ts', 'cli/cluster-for.ts']) await import(${JSON.stringify(
        `${join(import.meta.dirname, '../../../runner')}/`,
      )} + file)
      console.log(JSON.stringify(seen))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
    expect(JSON.parse(stdout)).toEqual([])
  })
})
