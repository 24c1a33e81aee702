import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { installAgent } from '../../runner/images/agent/install.ts'
import { ensureImages } from '../../runner/images/ensure.ts'
import type { Abortable, SandboxSpec } from '../../runner/sandbox/contract.ts'
import { connectEngine, DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { type PooledOptions, pooledDocker } from '../../runner/sandbox/docker/pooled.ts'
import { describeDriver } from './driver.ts'
import { leftIn } from './left.ts'

const engine = connectEngine({ host: DEFAULT_HOST })

/** What waits in the pool, or for its removal, is nobody's sandbox; at the end nothing at all may be there. */
const describePooled = (name: string, instance: string, options: Partial<PooledOptions>): void => {
  const pooled = pooledDocker({ host: DEFAULT_HOST, instance, ...options })
  // All of one kind, though they start different services: what was foreseen wrongly must not show.
  const driver = { ...pooled, open: (spec: SandboxSpec, o?: Abortable) => pooled.open({ ...spec, kind: 'contract' }, o) }
  describeDriver(name, () => ({ driver, left: () => leftIn(engine.docker, instance, { submission: 'pool' }) }))
  afterAll(async () => {
    await pooled[Symbol.asyncDispose]()
    expect(await leftIn(engine.docker, instance)).toEqual([])
  })
}

const probed = await pooledDocker({ host: DEFAULT_HOST, instance: 'probe' }).probe()
if (!probed.ready) {
  console.log(`skipped: the pooled docker driver, because ${probed.because}`)
  describe.skip('the pooled docker driver', () => it(`needs an engine: ${probed.because}`))
} else {
  await installAgent(engine, (await ensureImages(engine, ['node'])).node, { data: join(tmpdir(), 'hatoba-test-agent') })
  describe('with containers that are used once', () =>
    describePooled('pooled docker', `pooled-${process.pid}`, { mostSlots: 4, mostHosts: 0, mostPods: 0 }))
  for (const [what, mostSlots] of [
    ['containers', '3'],
    ['namespaces', '0'],
  ] as const) {
    it(`leaves no process behind when the runner is killed, and its ${what} are swept by the next`, async () => {
      const instance = `crash-${process.pid}-${mostSlots}`
      const runner = spawn(process.execPath, [fileURLToPath(new URL('pooled-crash.ts', import.meta.url)), instance, mostSlots], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(runner.stdout, 'data')
      runner.kill('SIGKILL')
      await once(runner, 'exit')
      const running = () => engine.docker.listContainers({ filters: { label: [`hatoba=${instance}`] } })
      await expect.poll(async () => (await running()).length, { timeout: 30_000 }).toBe(0)
      expect((await leftIn(engine.docker, instance)).length).toBeGreaterThan(0)
      await pooledDocker({ host: DEFAULT_HOST, instance }).sweep(new Date(Date.now() + 1000))
      expect(await leftIn(engine.docker, instance)).toEqual([])
    })
  }
  describe('with fresh namespaces in warm containers', () =>
    describePooled('hosted docker', `hosted-${process.pid}`, { mostSlots: 0, mostHosts: 2, mostPods: 2 }))
}
