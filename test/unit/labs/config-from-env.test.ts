import { describe, expect, test } from 'vitest'
import { seeded } from '../../../labs/kit/index.ts'
import { NAMES, planFor } from '../../../labs/operability/config-from-env/environments.ts'
import type { Served, Tour, Tried } from '../../../labs/operability/config-from-env/observe.ts'
import { leakOf, namedIn, naming } from '../../../labs/operability/config-from-env/seen.ts'

const logged = (...texts: readonly string[]) => texts.map((text) => ({ at: 1, stream: 'stderr', text }) as const)

describe('seeded choices', () => {
  test('are the same for the same seed and others for its neighbour', () => {
    const words = (seed: number) => {
      const choose = seeded(seed)
      return [choose.token(12), choose.number(1, 1000), choose.pick(['a', 'b', 'c'])]
    }
    expect(words(7)).toEqual(words(7))
    expect(words(7)).not.toEqual(words(8))
  })

  test('keep to their range, both ends included', () => {
    const choose = seeded(1)
    const drawn = new Set(Array.from({ length: 400 }, () => choose.number(2, 5)))
    expect([...drawn].sort()).toEqual([2, 3, 4, 5])
  })
})

describe('the environments of a learner', () => {
  test('have names, ports and keys that are all different', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { accounts, full, known, sparse, missing, malformed, several } = planFor(seed)
      const names = [full, known, sparse, missing, malformed, several].map(({ name }) => name)
      expect(new Set(names).size).toBe(6)
      expect(new Set(accounts.map(({ port }) => port)).size).toBe(4)
      expect(new Set(accounts.map(({ key }) => key)).size).toBe(4)
      expect([full, known, sparse].every(({ account }) => account.key.length >= 16)).toBe(true)
      expect((several.variables['RATES_KEY'] ?? '').length).toBeLessThan(16)
    }
  })

  test('are wrong in exactly the variables that they name', () => {
    const { missing, malformed, full } = planFor(3)
    expect(NAMES.filter((name) => !missing.variables[name])).toEqual(missing.wrong)
    expect(malformed.wrong).toEqual(['MAX_ITEMS'])
    expect(Object.keys(malformed.variables)).toEqual(Object.keys(full.variables))
  })
})

describe('what a refusal says', () => {
  const { missing } = planFor(1)
  const start = (...texts: readonly string[]): Tried => ({
    environment: missing,
    name: missing.name,
    variables: missing.variables,
    log: logged(...texts),
  })

  test('names variables as whole words only', () => {
    expect(namedIn({ log: logged('OLD_RATES_URL and RATES_URLS', 'set CURRENCY, please') })).toEqual(['CURRENCY'])
  })

  test('is told by what it names, leaves out and blames for nothing', () => {
    expect(naming(start('RATES_URL is not set', 'MAX_ITEMS is 9'))).toEqual({
      named: ['RATES_URL'],
      unnamed: ['RATES_KEY', 'CURRENCY'],
      innocent: ['MAX_ITEMS'],
    })
  })
})

describe('a key', () => {
  const plan = planFor(1)
  const served = (environment: Served['environment']): Served => ({
    environment,
    name: environment.name,
    variables: environment.variables,
    log: [],
    processes: [],
  })
  const tried = (environment: Tried['environment']): Tried => ({
    environment,
    name: environment.name,
    variables: environment.variables,
    log: [],
  })
  const tour = (change: Partial<Tour>): Tour => ({
    full: served(plan.full),
    known: served(plan.known),
    sparse: served(plan.sparse),
    missing: tried(plan.missing),
    malformed: tried(plan.malformed),
    several: tried(plan.several),
    asked: [],
    ...change,
  })

  test('is found in a log as it is, in base64 and when it was too short', () => {
    const key = plan.full.account.key
    for (const text of [`key ${key}`, Buffer.from(key).toString('base64'), `bad ${plan.several.variables['RATES_KEY']}`])
      expect(leakOf(tour({ several: { ...tried(plan.several), log: logged('fine', text) } }))).toMatchObject({ as: 'log', line: 1 })
  })

  test('is found in the list of processes', () => {
    const processes = [{ pid: 1, parent: 0, command: `node server.js --key=${plan.known.account.key}`, onSigterm: 'handled' }] as const
    expect(leakOf(tour({ known: { ...served(plan.known), processes } }))).toMatchObject({ as: 'process', pid: 1 })
  })

  test('that stays inside is no leak', () => {
    expect(leakOf(tour({ full: { ...served(plan.full), log: logged('RATES_KEY is set') } }))).toBeUndefined()
  })
})
