import { describe, expect, test } from 'vitest'
import type { Cluster } from '../../runner/sandbox/contract-cluster.ts'
import { manifestsOf, missing, openDriver, POD, web } from './ground.ts'

describe.skipIf(missing !== undefined)('out of reach of a Pod', () => {
  test('are the Pods of others, and every right at the API server', async () => {
    await using driver = await openDriver()
    if ((await driver.gaps()).includes('network-policy')) return console.info('skipped: this cluster enforces no NetworkPolicy')
    const allows = ['apps/v1 Deployment', 'v1 Service']
    const [mine, theirs] = await Promise.all(['a', 'b'].map((submission) => driver.open({ submission, deadlineSeconds: 600, allows })))
    if (mine === undefined || theirs === undefined) throw new Error('not opened')
    await using _mine = mine
    await using _theirs = theirs
    for (const each of [mine, theirs]) expect((await each.apply(manifestsOf(web({ replicas: 1 })))).refusals).toEqual([])
    const running = (cluster: Cluster) =>
      cluster.waitFor(
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        (object) => (object?.['status'] as { readyReplicas?: number } | undefined)?.readyReplicas === 1,
        { withinSeconds: 90 },
      )
    expect((await Promise.all([running(mine), running(theirs)])).map(({ met }) => met)).toEqual([true, true])
    const [pod] = await mine.list(POD)
    const ask = async (url: string): Promise<string> => {
      const script = `fetch(process.argv[1], {signal: AbortSignal.timeout(4000)}).then((r) => console.log(r.status), (e) => console.log(e.name))`
      const { stdout } = await mine.exec(pod?.metadata.name ?? '', ['node', '-e', script, url], { wallSeconds: 20 })
      return Buffer.from(stdout).toString().trim()
    }
    // Ready is not reachable: name server, Service and policy learn of a new Pod a moment later, each on its own.
    const own = await mine.exec(
      pod?.metadata.name ?? '',
      [
        'node',
        '-e',
        '(async () => { for (;;) try { console.log((await fetch("http://web/")).status); process.exit() } catch { await new Promise((r) => setTimeout(r, 100)) } })()',
      ],
      { wallSeconds: 60 },
    )
    expect(Buffer.from(own.stdout).toString().trim(), 'its own Service').toBe('200')
    expect(await ask(`http://web.${theirs.namespace}/`), "another's Service").not.toBe('200')
    // Policies do not hold a Pod back from its own node, and on one node that is where the API server is. It knows nobody there.
    const nameless = await mine.exec(
      pod?.metadata.name ?? '',
      [
        'node',
        '-e',
        'require("node:https").get({ host: "kubernetes.default.svc", path: "/api/v1/namespaces", rejectUnauthorized: false, timeout: 4000 }, (r) => { console.log(r.statusCode); process.exit() }).on("error", () => console.log("closed")).on("timeout", function () { this.destroy() })',
      ],
      { wallSeconds: 20 },
    )
    expect(['401', '403', 'closed']).toContain(Buffer.from(nameless.stdout).toString().trim())
    const token = await mine.exec(pod?.metadata.name ?? '', ['ls', '/var/run/secrets/kubernetes.io/serviceaccount/token'])
    expect(token.ended).not.toEqual({ by: 'itself', code: 0 })
  })
})
