import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Power, Sandbox, SandboxDriver, SandboxSpec } from '../../runner/sandbox/contract.ts'
import { toPowers } from '../../runner/sandbox/powers.ts'
import { IMAGES_MS } from './engine.ts'
import { describeFaults } from './faults.ts'
import { describePrograms } from './programs.ts'
import { describeServices } from './services.ts'
import { python, type Suite, text, web } from './suite.ts'
import { describeTraffic } from './traffic.ts'
import { describeWalls } from './walls.ts'

export interface Subject {
  /** A driver of its own instance; the suite opens and sweeps with it. */
  readonly driver: SandboxDriver
  /** Names of whatever the driver's instance owns in its engine now: empty after each test. */
  left(): Promise<readonly string[]>
  /** After the last test. */
  end?(): Promise<void>
}

export interface SuiteOptions {
  /** What this driver cannot do, each with the reason that the skipped test prints. */
  readonly gaps?: Partial<Record<Power, string>>
  /** Why none of it can run here: all of it is skipped, and counted. */
  readonly because?: string | undefined
}

/** One suite for every driver. A gap is a skip with a written reason, never a weaker expectation. */
export const describeDriver = (name: string, makeSubject: () => Promise<Subject>, { gaps = {}, because }: SuiteOptions = {}): void => {
  const withPower = (power: Power, sentence: string, test: () => Promise<void>) => {
    const reason = gaps[power]
    if (reason === undefined) it(sentence, test)
    else it.skip(`${sentence} (skipped: ${reason})`, test)
  }

  describe.skipIf(because !== undefined)(`the ${name} driver`, () => {
    let subject: Subject
    beforeAll(async () => {
      subject = await makeSubject()
    }, IMAGES_MS)
    afterAll(() => subject?.end?.())
    const open = (spec: Partial<SandboxSpec> = {}, signal?: AbortSignal) =>
      subject.driver.open({ submission: 'suite', deadlineSeconds: 120, image: 'node', network: 'none', ...spec }, signal ? { signal } : {})
    const using = async (spec: Partial<SandboxSpec>, run: (sandbox: Sandbox) => Promise<void>) => {
      await using sandbox = await open(spec)
      await run(sandbox)
    }

    afterEach(async () => {
      expect(await subject.left(), 'nothing is left behind').toEqual([])
    })

    it('lists beforehand what it cannot do', () =>
      using({}, async (sandbox) => expect([...sandbox.gaps].toSorted()).toEqual(toPowers(gaps).toSorted())))

    const suite: Suite = { driver: () => subject.driver, open, using, withPower }
    describePrograms(suite)
    describeServices(suite)
    describeTraffic(suite)
    describeFaults(open, gaps)
    describeWalls(open, gaps)

    describe('isolation', () => {
      withPower('network', 'there is no way out of a sandbox, with a network or without', async () => {
        const tries = python(
          'import socket, sys',
          'found = []',
          'for host, port in [("1.1.1.1", 53), ("169.254.169.254", 80), ("172.17.0.1", 22), ("10.213.0.1", 22)]:',
          '  try: socket.create_connection((host, port), 0.5); found.append(host)',
          '  except ConnectionRefusedError: found.append(host)',
          '  except OSError: pass',
          'print(found)',
        )
        for (const network of ['none', 'internal'] as const) {
          await using({ network }, async (sandbox) => {
            expect(text((await sandbox.exec(tries)).stdout), network).toBe('[]\n')
          })
        }
      })
    })

    describe('owning', () => {
      it('can be disposed of twice', async () => {
        const sandbox = await open({ network: 'internal' })
        await sandbox[Symbol.asyncDispose]()
        await sandbox[Symbol.asyncDispose]()
      })

      it('can be disposed of while its services are', async () => {
        const sandbox = await open({ network: 'internal' })
        const services = await Promise.all(['a', 'b'].map((name) => sandbox.start({ name, command: ['sleep', '600'] })))
        await Promise.all([...services, sandbox].map((owned) => owned[Symbol.asyncDispose]()))
      })

      it('removes running services and programs with the sandbox', async () => {
        const sandbox = await open({ network: 'internal' })
        await sandbox.start({ name: 'web', command: ['sleep', '600'] })
        const running = sandbox.exec(['sleep', '600'], { limits: { wallSeconds: 600 } })
        running.catch(() => {})
        await sandbox.exec(['true'])
        await sandbox[Symbol.asyncDispose]()
        await running.catch(() => {})
      })

      it('leaves nothing of an open that was aborted, whenever that was', async () => {
        await expect(open({ network: 'internal' }, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
        for (const ms of [1, 10, 40]) {
          const abort = new AbortController()
          setTimeout(() => abort.abort(new Error('changed my mind')), ms)
          await open({ network: 'internal' }, abort.signal).then(
            (sandbox) => sandbox[Symbol.asyncDispose](),
            (thrown: Error) => expect(thrown.message).toBe('changed my mind'),
          )
        }
      })

      it('leaves nothing of a start that was aborted', async () => {
        await using sandbox = await open({ network: 'internal' })
        const abort = new AbortController()
        const starting = sandbox.start(web('web', { command: ['sleep', '60'], ready: { port: 8080, withinSeconds: 60 } }), {
          signal: abort.signal,
        })
        setTimeout(() => abort.abort(new Error('no more')), 1500)
        await expect(starting).rejects.toThrow('no more')
      })

      it('sweeps what is past its deadline and what is older than asked, but not what is in use', async () => {
        await using held = await open()
        await held.exec(['true'])
        const expired = await open({ deadlineSeconds: 1 })
        await expired.exec(['true'])
        // Others may have left something as well, so that there is no exact number.
        await expect.poll(() => subject.driver.sweep(new Date(0)), { timeout: 20_000 }).toBeGreaterThan(0)
        await subject.driver.sweep(new Date(Date.now() + 60_000))
        expect((await held.exec(['true'])).ended).toEqual({ by: 'itself', code: 0 })
        await expired[Symbol.asyncDispose]()
      })
    })
  })
}
