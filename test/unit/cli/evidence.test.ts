import { expect, test } from 'vitest'
import type { Evidence } from '../../../labs/kit/evidence.ts'
import type { Localized } from '../../../labs/kit/finding.ts'
import { evidenceLines } from '../../../runner/cli/print-evidence.ts'

const diff = { kind: 'diff', expected: 'a', actual: 'b' } as const satisfies Evidence
const title: Localized = { en: 'Two knots', ja: '2 つの結び目' }
const firstLine = (evidence: Evidence<Localized>, language: 'en' | 'ja') => evidenceLines(evidence, language)[0]

test('a picture is printed below its title and the name of what it is about', () => {
  expect(firstLine({ ...diff, title, of: 'knot.txt' }, 'en')).toContain('Two knots: knot.txt')
  expect(firstLine({ ...diff, title }, 'ja')).toContain('2 つの結び目')
  expect(firstLine({ ...diff, of: '\u001b]0;me\u0007knot' }, 'en')).not.toContain('\u001b]')
})

test('one of before there were titles is printed as it was', () => {
  expect(evidenceLines(diff, 'en')).toEqual(['- a', '+ b'])
})
