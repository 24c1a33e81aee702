import { describe, expect, test } from 'vitest'
import { compare, keptOrders } from '../../../labs/operability/graceful-stop/kept.ts'
import type { Stop } from '../../../labs/operability/graceful-stop/observe.ts'
import { counted, failedOrders, keptTable, logEvidence, processTable } from '../../../labs/operability/graceful-stop/seen.ts'
import type { RequestRecord } from '../../../runner/sandbox/contract.ts'

const request = (id: string, startedAt: number, endedAt: number, rest: Partial<RequestRecord> = { status: 201 }): RequestRecord => ({
  id,
  target: 'orders',
  connection: 1,
  scheduledAt: startedAt,
  startedAt,
  endedAt,
  ...rest,
})

const stop = (rest: Partial<Stop>): Stop => ({
  readyMs: 50,
  graceSeconds: 5,
  sigtermAt: 1000,
  exit: { code: 0, by: 'itself', at: 1500 },
  marks: [],
  requests: [],
  knocks: [],
  processes: [],
  log: [],
  kept: [],
  ...rest,
})

describe('what the store kept', () => {
  test('only its closing lines on stdout count', () => {
    const log = [
      { at: 1, stream: 'stdout', text: '{"event":"stored","order":"a"}' },
      { at: 2, stream: 'stderr', text: 'not JSON' },
      { at: 3, stream: 'stdout', text: '{"event":"kept","order":"a","whole":1,"half":0,"text":""}' },
    ] as const
    expect(keptOrders(log)).toEqual([{ order: 'a', whole: 1, half: 0, text: '' }])
  })

  test('acknowledged orders are told apart as stored once, missing, doubled and half written', () => {
    const kept = [
      { order: 'once', whole: 1, half: 0, text: '' },
      { order: 'twice', whole: 2, half: 0, text: '' },
      { order: 'half', whole: 0, half: 1, text: 'order half\n' },
    ]
    const { told, once, missing, doubled, half } = compare(['once', 'twice', 'half', 'gone'], kept)
    expect({ told, once, missing }).toEqual({ told: 4, once: 1, missing: ['half', 'gone'] })
    expect(doubled.map(({ order }) => order)).toEqual(['twice'])
    expect(half.map(({ order }) => order)).toEqual(['half'])
  })

  test('an order that was stored twice counts although nobody was told about it', () => {
    expect(compare([], [{ order: 'a', whole: 2, half: 0, text: '' }]).doubled).toHaveLength(1)
  })
})

describe('orders that failed', () => {
  test('are told apart by when they ended and whether they were answered', () => {
    const seen = failedOrders(
      stop({
        requests: [
          request('fine', 0, 500),
          request('early', 0, 900, { status: 502 }),
          request('cut', 800, 1200, { error: 'reset' }),
          request('half an answer', 800, 1200, { status: 201, error: 'cut' }),
          request('refused', 800, 1100, { status: 503 }),
        ],
      }),
    )
    const ids = (requests: readonly RequestRecord[]) => requests.map(({ id }) => id)
    expect(ids(seen.early)).toEqual(['early'])
    expect(ids(seen.cut)).toEqual(['cut', 'half an answer'])
    expect(ids(seen.refused)).toEqual(['refused'])
  })

  test('are counted as open at a moment from their start until their end', () => {
    expect(counted([request('a', 0, 1000), request('b', 900, 1001), request('c', 1001, 1100)], 1000)).toBe(1)
  })
})

describe('evidence', () => {
  test('the log points at the first line after the signal', () => {
    const line = (at: number) => ({ at, stream: 'stdout', text: 'x' }) as const
    expect(logEvidence(stop({ log: [line(10), line(1001)] }))).toMatchObject({ points: [1] })
    expect(logEvidence(stop({ log: [line(10), line(20)] }))).toMatchObject({ points: [1] })
    expect(logEvidence(stop({}))).not.toHaveProperty('points')
  })

  test('the table of processes marks a process 1 that does not handle the signal', () => {
    const processes = [
      { pid: 1, parent: 0, command: 'sh entrypoint.sh', onSigterm: 'default' },
      { pid: 9, parent: 1, command: 'node server.js', onSigterm: 'handled' },
    ] as const
    expect(processTable(stop({ processes }))).toMatchObject({
      rows: [
        [1, 0, 'sh entrypoint.sh', 'SIG_DFL'],
        [9, 1, 'node server.js', 'handler'],
      ],
      differing: [[0, 3]],
    })
  })

  test('the table of orders marks what differs from one whole record', () => {
    const seen = stop({
      requests: [request('a', 0, 1), request('b', 0, 1, { error: 'reset' })],
      kept: [
        { order: 'a', whole: 2, half: 0, text: '' },
        { order: 'b', whole: 0, half: 1, text: '' },
      ],
    })
    expect(keptTable(seen, ['a', 'b'])).toMatchObject({
      rows: [
        ['a', 201, 2, 0],
        ['b', 'reset', 0, 1],
      ],
      differing: [
        [0, 2],
        [1, 2],
        [1, 3],
      ],
    })
  })
})
