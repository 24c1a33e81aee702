import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PresentedFinding, PresentedVerdict } from '../../runner/http/present.ts'
import { IMAGES_MS, imageWithAgent, whyNot } from '../contract/engine.ts'
import { type Arena, complaint, type Learner, openArena } from './arena.ts'
import type { Attack } from './programs/attack.ts'
import { FILES } from './programs/files.ts'
import { FORGERY } from './programs/forgery.ts'
import { ISOLATION } from './programs/isolation.ts'
import { OUTPUT } from './programs/output.ts'
import { LOOK, marked, neighbour } from './programs/prelude.ts'
import { PROCESSES } from './programs/processes.ts'
import { RESOURCES } from './programs/resources.ts'
import { WHOLE_FILES } from './programs/syntax.ts'
import { TIME } from './programs/time.ts'

const because = await whyNot('hostile programs')

/** Every process of this machine with this word in its argv or its environment. The engine of the tests is on this machine. */
const onHost = async (mark: string): Promise<readonly string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const said = await Promise.all(['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '')))
      return said.some((text) => text.includes(mark)) ? [`${pid} ${said[0]?.replaceAll('\0', ' ').slice(0, 200)}`] : []
    }),
  )
  return found.flat()
}

/** The limit that ended it, with what was allowed, in either language. */
const namedInBoth = async (learner: Learner, id: string, { as, because = '' }: PresentedFinding): Promise<void> => {
  const asked = (await (await learner.ask(`/api/submissions/${id}?language=ja`)).json()) as { verdict: PresentedVerdict }
  const inJapanese = complaint(asked.verdict)
  expect(inJapanese?.as).toBe(as)
  expect(inJapanese?.because).toMatch(/[ぁ-ん]/)
  const allowed = { time: '5', memory: '64', pids: '32', output: '64', disk: '[48]' }[as?.slice('limit.'.length) ?? '']
  for (const sentence of [because, inJapanese?.because]) expect(sentence).toMatch(new RegExp(`\\b${allowed}\\b`))
}

const describeAttacks = (where: string, options: Parameters<typeof openArena>[1], attacks: readonly Attack[]): void => {
  describe.skipIf(because !== undefined)(`a hostile program in ${where}`, () => {
    let arena: Arena
    beforeAll(async () => {
      await imageWithAgent()
      arena = await openArena(where, options)
    }, IMAGES_MS)
    afterAll(async () => {
      await arena?.[Symbol.asyncDispose]()
    })

    it.for(attacks)('$id: $what', async ({ id, program, ends, shows, hides }) => {
      const mark = `hatoba-abuse-${where}-${id}-${process.pid}`
      const beside = arena.learner()
      const other = await beside.send('hello', { 'main.py': neighbour(mark) })
      const attacker = arena.learner()
      const { id: sent, verdict } = await attacker.submit('hello', {
        'main.py': WHOLE_FILES.some((whole) => whole.id === id) ? program : marked(mark, program),
      })
      expect(await onHost(mark), 'processes on the host when the verdict is there').toEqual([])

      const no = complaint(verdict)
      expect([ends].flat(), JSON.stringify(verdict)).toContain(no?.as ?? verdict.outcome)
      expect(verdict.outcome).toBe(no === undefined ? 'passed' : no.as?.startsWith('limit.') ? 'exhausted' : 'failed')
      if (no?.as?.startsWith('limit.')) await namedInBoth(attacker, sent, no)
      if (shows) expect(JSON.stringify(no)).toMatch(shows)
      if (hides) expect(JSON.stringify(verdict)).not.toMatch(hides)

      const next = await attacker.submit('hello', { 'main.py': LOOK })
      expect(next.verdict.outcome, `the next submission: ${JSON.stringify(next.verdict)}`).toBe('passed')
      const besideVerdict = await beside.verdict(other)
      expect(besideVerdict.outcome, `the submission beside it: ${JSON.stringify(besideVerdict)}`).toBe('passed')
      await expect.poll(() => arena.left(), { timeout: 10_000 }).toEqual([])
    })
  })
}

const ALL = [...PROCESSES, ...TIME, ...RESOURCES, ...OUTPUT, ...FILES, ...ISOLATION, ...FORGERY, ...WHOLE_FILES]
describeAttacks('containers', { pool: { mostHosts: 0, mostSlots: 6 } }, ALL)
describeAttacks(
  'namespaces',
  { pool: { mostSlots: 0, mostHosts: 3 } },
  ALL.filter(({ ends }) => ends !== 'limit.time'),
)
