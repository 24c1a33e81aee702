import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { jsonProblem } from '../../../labs/operability/locked-dependencies/manifest.ts'
import { inputFor, labelsFor, monthFor } from '../../../labs/operability/locked-dependencies/month.ts'
import { CURRENT, NEWER, publish, TODAY } from '../../../labs/operability/locked-dependencies/packages.ts'

const STARTER = join(import.meta.dirname, '../../../labs/operability/locked-dependencies/starter')

describe('the packages of the registry', () => {
  test('have the bytes that the lock file of the starter names, on every machine', async () => {
    const lock = JSON.parse(await readFile(join(STARTER, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string; integrity?: string }>
    }
    const published = await Promise.all(TODAY.map(publish))
    const locked = Object.entries(lock.packages).filter(([folder]) => folder !== '')
    expect(locked).toHaveLength(5)
    for (const [folder, { version, integrity }] of locked) {
      const release = published.find((each) => `node_modules/${each.name}` === folder && each.version === version)
      expect([folder, release?.integrity]).toEqual([folder, integrity])
    }
  })

  test('are other bytes in every version', async () => {
    const digests = (await Promise.all([...TODAY, ...Object.values(NEWER)].map(publish))).map(({ integrity }) => integrity)
    expect(new Set(digests).size).toBe(digests.length)
  })
})

describe('the month of a learner', () => {
  test('moves one package and takes a version of another away, both unasked for', () => {
    const months = Array.from({ length: 40 }, (_, seed) => monthFor(seed))
    for (const { moved, removed } of months) {
      expect(moved.name).not.toBe(removed.name)
      expect(removed.version).toBe(CURRENT[removed.name])
    }
    expect(new Set(months.map(({ moved }) => moved.name)).size).toBe(2)
  })

  test('has a label for each order', () => {
    const month = monthFor(5)
    expect(labelsFor(month).trimEnd().split('\n')).toHaveLength(inputFor(month).trimEnd().split('\n').length)
  })
})

describe('a manifest', () => {
  test('that is no JSON is answered at its line', () => {
    expect(jsonProblem('package.json', '{}\n')).toBeUndefined()
    expect(jsonProblem('package.json', '{\n  "a": 1,\n}\n')).toMatchObject({ status: 'rejected', at: { file: 'package.json', line: 3 } })
    expect(jsonProblem('package.json', '{\n  "a": 1')).toMatchObject({ status: 'rejected', at: { line: 2 } })
    expect(jsonProblem('package.json', '[]')).toMatchObject({ status: 'rejected' })
  })
})
