import { describe, expect, test } from 'vitest'
import type { CatalogueLab } from '../../../labs/kit/catalogue.ts'
import { COMMON_EVIDENCE } from '../../../labs/kit/common-text.ts'
import { docker, exhausted, fail, halt, kubernetes, type Lab, lab, pass, reject } from '../../../labs/kit/index.ts'
import type { LabText } from '../../../labs/kit/text.ts'
import { Fault } from '../../../runner/fault.ts'
import type { GradingEvent } from '../../../runner/grading/events.ts'
import { grade } from '../../../runner/grading/grade.ts'
import type { Sandbox, SandboxDriver } from '../../../runner/sandbox/contract.ts'
import type { Cluster, ClusterDriver, ClusterSpec } from '../../../runner/sandbox/contract-cluster.ts'

/** A lab with text made from its own check ids; every answer is called `bad`. */
const catalogued = (defined: Lab): CatalogueLab => {
  const checks = Object.fromEntries(
    Object.keys(defined.checks).map((id) => [
      id,
      { title: `Title of ${id}`, passed: 'fine {n}', bad: { because: 'bad {n}', hint: 'look' } },
    ]),
  )
  const text: LabText = {
    title: 'T',
    summary: 'S',
    task: '',
    checks,
    doing: { stopping: 'Stopping' },
    evidence: { kept: 'What was kept' },
    words: { item: 'thing' },
    hints: ['1', '2'],
    mistakes: {},
  }
  return {
    lab: defined,
    track: 'x',
    folder: '/x',
    text: { en: text, ja: text },
    starter: {},
    solution: {},
    solutions: {},
    alternatives: {},
    mistakes: {},
  }
}

/** Opens sandboxes that do nothing, and counts those still open. */
const idleDriver = (probed: Awaited<ReturnType<SandboxDriver['probe']>> = { ready: true, detail: '' }) => {
  const open = { now: 0, ever: 0 }
  const driver: SandboxDriver = {
    name: 'local',
    isolation: 'none',
    probe: async () => probed,
    open: async () => {
      open.now++
      open.ever++
      return { gaps: ['signal'], [Symbol.asyncDispose]: async () => void open.now-- } as unknown as Sandbox
    },
    sweep: async () => 0,
  }
  return { driver, open }
}

const run = async (
  defined: Lab,
  { driver, cluster }: Pick<ReturnType<typeof idleDriver>, 'driver'> & { cluster?: ClusterDriver } = idleDriver(),
  signal = new AbortController().signal,
) => {
  const events: GradingEvent[] = []
  const verdict = await grade(
    catalogued(defined),
    { a: '1' },
    { submission: 's', driver, ...(cluster ? { cluster } : {}), seed: 1, emit: (event) => events.push(event), signal },
  )
  return { verdict, events, statuses: verdict.findings.map(({ check, status }) => `${check} ${status}`) }
}

const files = { a: 'edit' } as const

describe('a grading', () => {
  test('passes when every check passes, and says what was proved', async () => {
    const { verdict, events } = await run(
      lab({ id: 'x', minutes: 1, files, checks: { one: { tier: 'static', run: () => pass({ n: 3 }) } }, mistakes: {} }),
    )
    expect(verdict).toMatchObject({
      outcome: 'passed',
      findings: [{ check: 'one', status: 'passed', because: { en: 'fine 3', ja: 'fine 3' } }],
    })
    expect(events.map(({ type }) => type)).toEqual(['checking', 'started', 'finding'])
  })

  test('opens no sandbox after a failed static check', async () => {
    const idle = idleDriver()
    const { verdict, statuses } = await run(
      lab({
        id: 'x',
        minutes: 1,
        files,
        sandbox: docker({ image: 'node' }),
        checks: {
          parses: { tier: 'static', run: () => reject('bad', { n: 1 }, { at: { file: 'a', line: 2 } }) },
          runs: { tier: 'sandbox', run: () => pass({ n: 1 }) },
        },
        mistakes: {},
      }),
      idle,
    )
    expect(statuses).toEqual(['parses rejected', 'runs skipped'])
    expect(verdict).toMatchObject({ outcome: 'rejected', findings: [{ at: { file: 'a', line: 2 }, hint: { en: 'look' } }, {}] })
    expect(idle.open.ever).toBe(0)
  })

  test('observes once, and hands what was seen to every sandbox check', async () => {
    let observed = 0
    const idle = idleDriver()
    const { statuses } = await run(
      lab({
        id: 'x',
        minutes: 1,
        files,
        sandbox: docker({ image: 'node' }),
        observe: async ({ doing }) => {
          doing('stopping')
          return { times: ++observed }
        },
        checks: {
          one: { tier: 'sandbox', run: ({ seen }) => pass({ n: seen.times }) },
          two: { tier: 'sandbox', needs: ['one'], run: ({ seen }) => fail('bad', { n: seen.times }) },
          three: { tier: 'sandbox', needs: ['two'], run: () => pass({ n: 1 }) },
        },
        mistakes: {},
      }),
      idle,
    )
    expect(observed).toBe(1)
    expect(statuses).toEqual(['one passed', 'two failed', 'three skipped'])
    expect(idle.open).toEqual({ now: 0, ever: 1 })
  })

  test('that halts asks nothing more', async () => {
    const { verdict, statuses } = await run(
      lab({
        id: 'x',
        minutes: 1,
        files,
        sandbox: docker({ image: 'node' }),
        observe: async () => halt('starts', exhausted({ by: 'limit', limit: 'memory', allowed: 64, unit: 'MiB' }, 'server.js')),
        checks: { starts: { tier: 'sandbox', run: () => pass({ n: 1 }) }, serves: { tier: 'sandbox', run: () => pass({ n: 1 }) } },
        mistakes: {},
      }),
    )
    expect(statuses).toEqual(['starts exhausted', 'serves skipped'])
    expect(verdict.outcome).toBe('exhausted')
    expect(verdict.findings[0]?.because?.en).toContain('64 MiB')
  })

  test('without a working engine is incomplete, with the fix', async () => {
    const { verdict } = await run(
      lab({
        id: 'x',
        minutes: 1,
        files,
        sandbox: docker({ image: 'node' }),
        checks: { one: { tier: 'sandbox', run: () => pass({ n: 1 }) } },
        mistakes: {},
      }),
      idleDriver({
        ready: false,
        because: 'No engine.',
        fix: 'Start one.',
        ja: { because: 'エンジンがありません。', fix: '起動してください。' },
      }),
    )
    expect(verdict).toMatchObject({
      outcome: 'incomplete',
      missing: { because: 'No engine.', fix: 'Start one.', ja: { because: 'エンジンがありません。', fix: '起動してください。' } },
      findings: [{ status: 'incomplete' }],
    })
  })

  test('in a sandbox that lacks a power the lab needs is incomplete, and nothing is done there', async () => {
    const idle = idleDriver()
    const { verdict } = await run(
      lab({
        id: 'x',
        minutes: 1,
        files,
        sandbox: docker({ image: 'node', powers: ['network', 'signal'] }),
        observe: async () => {
          throw new Error('must not be called')
        },
        checks: { one: { tier: 'sandbox', run: () => pass({ n: 1 }) } },
        mistakes: {},
      }),
      idle,
    )
    expect(verdict).toMatchObject({ outcome: 'incomplete', findings: [{ status: 'incomplete' }] })
    expect(verdict.missing?.because).toContain('(signal)')
    expect(idle.open.now).toBe(0)
  })

  test('past its own deadline is exhausted, with its sandbox closed', async () => {
    const idle = idleDriver()
    const { verdict, statuses } = await run(
      lab({
        id: 'x',
        minutes: 1,
        seconds: 0.05,
        files,
        sandbox: docker({ image: 'node' }),
        observe: ({ signal }) => new Promise((_, give) => signal.addEventListener('abort', () => give(signal.reason))),
        checks: { one: { tier: 'sandbox', run: () => pass({ n: 1 }) }, two: { tier: 'sandbox', run: () => pass({ n: 1 }) } },
        mistakes: {},
      }),
      idle,
    )
    expect(verdict.outcome).toBe('exhausted')
    expect(statuses).toEqual(['one exhausted', 'two skipped'])
    expect(idle.open.now).toBe(0)
  })

  test('whose lab throws is a fault of ours', async () => {
    const broken = lab({ id: 'x', minutes: 1, files, checks: { one: { tier: 'static', run: () => JSON.parse('{') } }, mistakes: {} })
    await expect(run(broken)).rejects.toSatisfy((thrown) => thrown instanceof Fault && thrown.code === 'lab.broken')
  })

  test('with a sentence missing names it as a fault of the lab', async () => {
    const mute = lab({ id: 'x', minutes: 1, files, checks: { one: { tier: 'static', run: () => fail('unheard-of') } }, mistakes: {} })
    await expect(run(mute)).rejects.toThrow('checks.one.unheard-of')
  })

  test('writes out the titles of evidence, the lab’s own and the kit’s, and leaves out what has none', async () => {
    const rows = { kind: 'table', columns: [], rows: [] } as const
    const evidence = [{ ...rows, title: 'kept', of: 'store' }, { ...rows, title: 'kubernetes.pods' }, rows] as const
    const { verdict } = await run(
      lab({ id: 'x', minutes: 1, files, checks: { one: { tier: 'static', run: () => pass({ n: 1 }, { evidence }) } }, mistakes: {} }),
    )
    expect(verdict.findings[0]?.evidence).toEqual([
      { ...rows, title: { en: 'What was kept', ja: 'What was kept' }, of: 'store' },
      { ...rows, title: COMMON_EVIDENCE['kubernetes.pods'] },
      rows,
    ])
  })

  test('writes out the labels of evidence that the lab has words for, and leaves the others', async () => {
    const table = { kind: 'table', columns: ['item', 'HTTP'], rows: [] } as const
    const series = {
      kind: 'series',
      unit: 's',
      series: [{ name: 'item', points: [] }],
      marks: [],
      limits: [{ name: 'item', value: 1 }],
    } as const
    const stages = { kind: 'topology', stages: [{ name: 'before', called: 'item', services: [], edges: [] }] } as const
    const evidence = [table, series, stages] as const
    const { verdict } = await run(
      lab({ id: 'x', minutes: 1, files, checks: { one: { tier: 'static', run: () => pass({ n: 1 }, { evidence }) } }, mistakes: {} }),
    )
    const thing = { en: 'thing', ja: 'thing' }
    expect(verdict.findings[0]?.evidence).toEqual([
      { ...table, columns: [thing, 'HTTP'] },
      { ...series, series: [{ name: thing, points: [] }], limits: [{ name: thing, value: 1 }] },
      { ...stages, stages: [{ ...stages.stages[0], called: thing }] },
    ])
  })

  test('with a title missing names it as a fault of the lab', async () => {
    const evidence = [{ kind: 'table', title: 'unheard-of', columns: [], rows: [] }] as const
    const mute = lab({
      id: 'x',
      minutes: 1,
      files,
      checks: { one: { tier: 'static', run: () => fail('bad', { n: 1 }, { evidence }) } },
      mistakes: {},
    })
    await expect(run(mute)).rejects.toSatisfy((thrown) => thrown instanceof Fault && thrown.message.includes('evidence.unheard-of'))
  })

  test('that is cancelled from outside rejects, and its sandbox is closed', async () => {
    const idle = idleDriver()
    const cancel = new AbortController()
    const pending = run(
      lab({
        id: 'x',
        minutes: 1,
        files,
        sandbox: docker({ image: 'node' }),
        observe: ({ signal }) => new Promise((_, give) => signal.addEventListener('abort', () => give(signal.reason))),
        checks: { one: { tier: 'sandbox', run: () => pass({ n: 1 }) } },
        mistakes: {},
      }),
      idle,
      cancel.signal,
    )
    setImmediate(() => cancel.abort())
    await expect(pending).rejects.toThrow(/abort/i)
    expect(idle.open.now).toBe(0)
  })

  const onKubernetes = () =>
    lab({
      id: 'x',
      minutes: 1,
      files,
      sandbox: kubernetes({ allows: ['v1 Pod'], needs: ['metrics'] }),
      checks: { runs: { tier: 'cluster', run: ({ cluster }) => pass({ n: cluster.namespace }) } },
      mistakes: {},
    })
  const clusterThat = (open: ClusterDriver['open']): ClusterDriver => ({
    name: 'kubernetes',
    isolation: 'cluster',
    probe: async () => ({ ready: true, detail: '' }),
    gaps: async () => [],
    open,
    sweep: async () => 0,
  })

  test('gives a lab on Kubernetes its cluster, with what it needs and no container', async () => {
    const idle = idleDriver()
    const asked: ClusterSpec[] = []
    const cluster = clusterThat(async (spec) => {
      asked.push(spec)
      return { namespace: 'ours', [Symbol.asyncDispose]: async () => {} } as unknown as Cluster
    })
    const { verdict } = await run(onKubernetes(), { ...idle, cluster })
    expect(verdict).toMatchObject({
      outcome: 'passed',
      sandbox: { driver: 'kubernetes', isolation: 'cluster' },
      findings: [{ because: { en: 'fine ours' } }],
    })
    expect(asked).toMatchObject([{ submission: 's', allows: ['v1 Pod'], needs: ['metrics'] }])
    expect(idle.open.ever).toBe(0)
  })

  test('is incomplete on a cluster that lacks what the lab needs, and where there is none', async () => {
    const cluster = clusterThat(() => Promise.reject(new Fault('sandbox.impossible', 'This cluster lacks metrics.')))
    const lacking = await run(onKubernetes(), { ...idleDriver(), cluster })
    expect(lacking.verdict).toMatchObject({ outcome: 'incomplete', missing: { because: 'This cluster lacks metrics.' } })
    const none = await run(onKubernetes())
    expect(none.verdict).toMatchObject({ outcome: 'incomplete', missing: { fix: expect.stringContaining('up --kind') } })
    expect(none.statuses).toEqual(['runs incomplete'])
  })
})
