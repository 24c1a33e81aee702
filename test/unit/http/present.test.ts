import { describe, expect, test } from 'vitest'
import { FAULTS, Fault } from '../../../runner/fault.ts'
import { presentVerdict } from '../../../runner/http/present.ts'
import { missingFor } from '../../../runner/sandbox/missing.ts'

const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/

describe('what is told in Japanese', () => {
  test.each(Object.keys(FAULTS))('is what helps against %s', (code) => {
    const fault = { code, id: 'F-234567', fix: 'Look at the log.' }
    expect(presentVerdict({ outcome: 'faulted', findings: [], ms: 1, fault }, 'ja').fault?.fix).toMatch(JAPANESE)
    expect(presentVerdict({ outcome: 'faulted', findings: [], ms: 1, fault }, 'en').fault).toEqual(fault)
  })

  test('is why nothing could be graded, with the words of the cause behind', () => {
    const { ready: _, ...missing } = missingFor(new Fault('engine.timeout', 'The engine did not answer in 5 s.'), 'internal')
    expect(presentVerdict({ outcome: 'incomplete', findings: [], ms: 1, missing }, 'ja').missing).toEqual({
      because: 'コンテナーエンジンが応答しません (The engine did not answer in 5 s.)。',
      fix: expect.stringMatching(JAPANESE),
    })
  })

  test('stays English for a verdict that was stored without it', () => {
    const missing = { because: 'No engine.', fix: 'Start one.' }
    expect(presentVerdict({ outcome: 'incomplete', findings: [], ms: 1, missing }, 'ja').missing).toEqual(missing)
  })
})
