import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Abortable, SandboxSpec } from '../../runner/sandbox/contract.ts'
import { DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { type PooledOptions, pooledDocker } from '../../runner/sandbox/docker/pooled.ts'
import { describeDriver } from './driver.ts'
import { engine, IMAGES_MS, imageWithAgent, whyNot } from './engine.ts'
import { leftIn } from './left.ts'

const because = await whyNot('the pooled docker driver')

/** What waits in the pool, or for its removal, is nobody's sandbox; at the end nothing at all may be there. */
const describePooled = (name: string, instance: string, options: Partial<PooledOptions>): void =>
  describeDriver(
    name,
    async () => {
      await imageWithAgent()
      const pooled = pooledDocker({ host: DEFAULT_HOST, instance, ...options })
      return {
        // All of one kind, though they start different services: what was foreseen wrongly must not show.
        driver: { ...pooled, open: (spec: SandboxSpec, o?: Abortable) => pooled.open({ ...spec, kind: 'contract' }, o) },
        left: () => leftIn(engine.docker, instance, { submission: 'pool' }),
        end: async () => {
          await pooled[Symbol.asyncDispose]()
          expect(await leftIn(engine.docker, instance)).toEqual([])
        },
      }
    },
    { because },
  )

describe('with containers that are used once', () =>
  describePooled('pooled docker', `pooled-${process.pid}`, { mostSlots: 4, mostHosts: 0, mostPods: 0 }))

describe.skipIf(because !== undefined)('a runner that is killed', () => {
  beforeAll(async () => void (await imageWithAgent()), IMAGES_MS)
  for (const [what, mostSlots] of [
    ['containers', '3'],
    ['namespaces', '0'],
  ] as const) {
    it(`leaves no process behind, and its ${what} are swept by the next`, async () => {
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
})

describe('with fresh namespaces in warm containers', () =>
  describePooled('hosted docker', `hosted-${process.pid}`, { mostSlots: 0, mostHosts: 2, mostPods: 2 }))
