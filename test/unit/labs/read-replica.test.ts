import { describe, expect, test } from 'vitest'
import { isRefused } from '../../../labs/operability/read-replica/deaths.ts'
import { isOnReplica } from '../../../labs/operability/read-replica/observe.ts'
import { countTable, lookTable } from '../../../labs/operability/read-replica/seen.ts'
import { between, type Counts } from '../../../labs/operability/read-replica/servers.ts'
import type { RequestRecord } from '../../../runner/sandbox/contract.ts'

const countsOf = (primaryReads: number, writes: number, replicaReads: number): Counts => ({
  primary: { reads: primaryReads, writes },
  replica: { reads: replicaReads, writes: 0 },
})
const answered = (status: number, at = 0): RequestRecord => ({
  id: `${status}-${at}`,
  target: 'reviews',
  connection: 0,
  scheduledAt: at,
  startedAt: at,
  endedAt: at + 5,
  status,
})
const times = (n: number, status: number) => Array.from({ length: n }, (_, at) => answered(status, at))

describe('what two servers ran between two moments', () => {
  test('is what they ran since', () => expect(between(countsOf(5, 2, 40), countsOf(9, 3, 41))).toEqual(countsOf(4, 1, 1)))

  test('is nothing of a server that was killed meanwhile, and counts from nothing of a new one', () => {
    expect(between(countsOf(5, 2, 40), countsOf(5, 2, 0))).toEqual(countsOf(0, 0, 0))
  })
})

describe('reads', () => {
  test('are on the replica when it ran one statement for each and the primary none', () => {
    const requests = times(40, 200)
    expect(isOnReplica({ requests, counts: countsOf(0, 0, 40) })).toBe(true)
    expect(isOnReplica({ requests, counts: countsOf(1, 0, 40) })).toBe(false)
    expect(isOnReplica({ requests, counts: countsOf(0, 0, 39) })).toBe(false)
  })
})

describe('a refusal', () => {
  test('is 503 and nothing else', () => {
    expect([answered(503), answered(500), answered(202), { ...answered(503), error: 'cut' } as const].map(isRefused)).toEqual([
      true,
      false,
      false,
      false,
    ])
  })
})

describe('the evidence', () => {
  test('marks the cell of the server that should have been asked', () => {
    const table = countTable({
      readyMs: 1,
      limitMs: 2000,
      reading: { requests: times(40, 200), counts: countsOf(40, 0, 0) },
      writing: { requests: times(8, 201), counts: countsOf(0, 8, 0) },
      stored: { once: 8, missing: [], doubled: [] },
      marks: [],
      log: [],
    })
    expect(table).toMatchObject({
      rows: [
        ['40 × GET', 40, 0, 0],
        ['8 × POST', 0, 8, 0],
      ],
      differing: [[0, 3]],
    })
  })

  test('shows the looks that missed first, the earliest of them on top', () => {
    const look = (customer: number, afterMs: number, found: boolean) => ({ customer, review: 'r', afterMs, request: answered(200), found })
    expect(lookTable([look(0, 10, true), look(1, 900, false), look(2, 300, false)])).toMatchObject({
      rows: [
        ['w2', 300, 200, 0],
        ['w1', 900, 200, 0],
        ['w0', 10, 200, 1],
      ],
      differing: [
        [0, 3],
        [1, 3],
      ],
    })
  })
})
