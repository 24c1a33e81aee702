import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadLab } from '../../../labs/kit/catalogue.ts'
import { contradictions, gaps, owned, powerless, unclear } from '../../../labs/operability/draw-the-line/judge.ts'
import { readLine } from '../../../labs/operability/draw-the-line/line.ts'
import { readOrganisation } from '../../../labs/operability/draw-the-line/organisation.ts'

const FOLDER = join(import.meta.dirname, '../../../labs/operability/draw-the-line')
const organisation = readOrganisation(await readFile(join(FOLDER, 'starter/organisation.yaml'), 'utf8'))
const solution = await readFile(join(FOLDER, 'solution/duties.yaml'), 'utf8')

const claimsOf = (text: string) => {
  const read = readLine(text, organisation)
  if (!('claims' in read)) throw new Error('the line was not read')
  return read.claims
}

/** Every flaw of a line, in the words of the lab's text. */
const flaws = (text: string): string[] => {
  const claims = claimsOf(text)
  const line = owned(claims)
  return [
    ...gaps(organisation, claims),
    ...unclear(organisation, claims).map(({ kind }) => kind),
    ...powerless(organisation, line).map((flaw) => (flaw.kind === 'missing' ? flaw.lever : flaw.kind)),
    ...contradictions(organisation, line).map(({ kind }) => kind),
  ]
}

const without = (duty: string): string => solution.replace(`  - ${duty}\n`, '')
const moved = (duty: string, team: string): string => without(duty).replace(`${team}:\n`, `${team}:\n  - ${duty}\n`)

describe('a line', () => {
  test('that is good has no flaw', () => expect(flaws(solution)).toEqual([]))

  test.each([
    ['size-for-campaigns', 'operations'],
    ['rebuild-on-new-base', 'operations'],
    ['renew-the-certificate', 'operations'],
  ])('may give %s to %s instead: there are several good ones', (duty, team) => expect(flaws(moved(duty, team))).toEqual([]))

  test.each([
    ['update-libraries', 'platform', 'libraries'],
    ['keep-the-logs', 'development', 'log-store'],
    ['put-versions-out', 'operations', 'too-often'],
    ['restore-the-data', 'platform', 'backups'],
  ])('that gives %s to %s is flawed: %s', (duty, team, flaw) => expect(flaws(moved(duty, team))).toContain(flaw))

  test('of "you build it, you run it" taken at its word finds nobody at night and no hand on the base image', () => {
    const all = Object.keys(organisation.duties).map((duty) => `  - ${duty}\n`)
    expect(flaws(`development:\n${all.join('')}`)).toEqual(
      expect.arrayContaining(['base-image', 'log-store', 'backups', 'runbook', 'certificate', 'asleep']),
    )
  })

  test('that shares everything between all has spectators and no room for its meetings', () => {
    const all = Object.keys(organisation.duties).map((duty) => `  ${duty}: { accountable: operations, with: [development, platform] }\n`)
    expect(flaws(`shared:\n${all.join('')}`)).toEqual(expect.arrayContaining(['spectator', 'meetings']))
  })

  test('can lack each of the duties, and miss each of the means: there is an incident for all of them', async () => {
    const { text } = await loadLab(FOLDER, 'operability')
    for (const [duty, { change }] of Object.entries(organisation.duties)) {
      expect(text.en.checks['covered']).toHaveProperty([duty])
      for (const lever of change) expect(text.en.checks['means']).toHaveProperty([lever])
    }
  })
})
