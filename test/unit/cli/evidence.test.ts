import { expect, test } from 'vitest'
import type { Evidence } from '../../../labs/kit/evidence.ts'
import { evidenceLines } from '../../../runner/cli/print-evidence.ts'
import { presentVerdict } from '../../../runner/http/present.ts'

const diff = { kind: 'diff', expected: 'a', actual: 'b' } as const satisfies Evidence

test('a picture is printed below its title and the name of what it is about', () => {
  const firstLine = (evidence: Evidence) => evidenceLines(evidence, 'en')[0]
  expect(firstLine({ ...diff, title: 'Two knots', of: 'knot.txt' })).toContain('Two knots: knot.txt')
  expect(firstLine({ ...diff, of: '\u001b]0;me\u0007knot' })).not.toContain('\u001b]')
})

test.each([
  ['en', 'Two knots'],
  ['ja', '2 つの結び目'],
] as const)('its title is printed in the language that was asked for: %s', (language, words) => {
  const evidence = [{ ...diff, title: { en: 'Two knots', ja: '2 つの結び目' } }]
  const finding = { check: 'knots', tier: 'static', status: 'failed', evidence, ms: 1 } as const
  const pieces = presentVerdict({ outcome: 'failed', findings: [finding], ms: 1 }, language).findings[0]?.evidence ?? []
  expect(pieces.map((piece) => evidenceLines(piece, language)[0])).toEqual([expect.stringContaining(words)])
})

test('one of before there were titles is printed as it was', () => {
  expect(evidenceLines(diff, 'en')).toEqual(['- a', '+ b'])
})

test.each([
  ['en', ['1 requests, 1 not answered well', '50 ms: process ended shop', '0 ms - 40 ms: r1 reset', 'During the fault: shop down']],
  ['ja', ['リクエスト 1 件、うち正常な応答なし 1 件', '50 ms: プロセス終了 shop', '0 ms - 40 ms: r1 reset', '障害の間: shop 停止']],
] as const)('what belongs to no lab is told in the language that was asked for: %s', (language, lines) => {
  const timeline: Evidence = {
    kind: 'timeline',
    requests: [{ id: 'r1', target: 'shop', connection: 1, scheduledAt: 1000, startedAt: 1000, endedAt: 1040, error: 'reset' }],
    marks: [{ at: 1050, what: 'exited', service: 'shop' }],
  }
  const topology: Evidence = {
    kind: 'topology',
    stages: [{ name: 'during', services: [{ name: 'shop', up: false }], edges: [] }],
  }
  expect([...evidenceLines(timeline, language), ...evidenceLines(topology, language)]).toEqual(lines)
})
