import { describe, expect, it } from 'vitest'
import type { PresentedEvent, PresentedFinding } from '../../../runner/http/present.ts'
import { begun, countOf, fold, type Run } from '../../../site/src/run/state.ts'

const CHECKS = ['syntax', 'starts', 'answered'].map((check) => ({ check, tier: 'sandbox' as const, title: check }))
const finding = (check: string, status: PresentedFinding['status']): PresentedFinding => ({ check, tier: 'sandbox', status, ms: 3 })
const folded = (...events: readonly PresentedEvent[]): Run => events.reduce(fold, begun(CHECKS))
const statuses = (run: Run): readonly (string | undefined)[] => run.checks.map((check) => check.finding?.status)

describe('the state of a run', () => {
  it('keeps the newest place in line', () => {
    const run = folded({ type: 'queued', place: 4, running: 2 }, { type: 'queued', place: 1, running: 2, waitSeconds: 3 })
    expect(run).toMatchObject({ phase: 'queued', queue: { place: 1, running: 2, waitSeconds: 3 } })
  })

  it('turns each check from open to running to its answer', () => {
    const run = folded(
      { type: 'checking', checks: CHECKS },
      { type: 'started', check: 'syntax' },
      { type: 'finding', finding: finding('syntax', 'passed') },
      { type: 'started', check: 'starts' },
    )
    expect(run.checks.map(({ running }) => running)).toEqual([false, true, false])
    expect(statuses(run)).toEqual(['passed', undefined, undefined])
  })

  it('forgets the answers of a worker that was lost', () => {
    const run = folded(
      { type: 'checking', checks: CHECKS },
      { type: 'finding', finding: finding('syntax', 'passed') },
      { type: 'preparing', attempt: 2 },
    )
    expect(run).toMatchObject({ phase: 'preparing', attempt: 2 })
    expect(statuses(run)).toEqual([undefined, undefined, undefined])
  })

  it('takes from the verdict what it did not hear before', () => {
    const findings = [finding('syntax', 'passed'), finding('starts', 'failed'), finding('answered', 'skipped')]
    const run = folded({ type: 'checking', checks: CHECKS }, { type: 'verdict', verdict: { outcome: 'failed', findings, ms: 20 } })
    expect(statuses(run)).toEqual(['passed', 'failed', 'skipped'])
    expect(countOf(run)).toMatchObject({ passed: 1, all: 3, firstFailed: { check: 'starts' } })
  })

  it('leaves the run as it is when a newer server sends an event it does not know', () => {
    const before = folded({ type: 'checking', checks: CHECKS })
    expect(fold(before, { type: 'explaining' } as unknown as PresentedEvent)).toBe(before)
  })
})
