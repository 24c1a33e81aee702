import { describe, expect, it } from 'vitest'
import type { RequestRecord } from '../../../runner/sandbox/contract.ts'
import { layOut, rowsOfLabels, ticksOf } from '../../../site/src/evidence/timeline/layout.ts'
import { request } from './request.ts'

const refused = { status: undefined, error: 'refused' } as unknown as Partial<RequestRecord>

describe('the layout of a timeline', () => {
  it('counts from SIGTERM where there is one', () => {
    const { anchor } = layOut({
      kind: 'timeline',
      requests: [request('a', 0, 50)],
      marks: [
        { at: 10, what: 'withdrawn' },
        { at: 30, what: 'sigterm' },
      ],
    })
    expect(anchor).toMatchObject({ at: 30, mark: { what: 'sigterm' } })
  })

  it('gives each connection of one service its lane, and requests that nobody took one of their own', () => {
    const { lanes } = layOut({
      kind: 'timeline',
      requests: [request('a', 0, 5, { connection: 2 }), request('b', 1, 5), request('c', 6, 7, refused)],
      marks: [],
    })
    expect(lanes.map(({ name }) => name)).toEqual([
      { kind: 'connection', number: 1 },
      { kind: 'connection', number: 2 },
      { kind: 'nobody' },
    ])
  })

  it('gives each replica its lane, those that answered nothing too', () => {
    const { lanes } = layOut({
      kind: 'timeline',
      requests: [request('a', 0, 5, { servedBy: 'web-2' })],
      marks: [],
      lanes: ['web-1', 'web-2'],
    })
    expect(lanes.map(({ name }) => name)).toEqual([
      { kind: 'replica', name: 'web-1' },
      { kind: 'replica', name: 'web-2' },
    ])
  })

  it('lets many connections share as few rows as there were requests at once', () => {
    const requests = Array.from({ length: 40 }, (_, index) => request(`r${index}`, index * 10, index * 10 + 25, { connection: index }))
    const { lanes, rows } = layOut({ kind: 'timeline', requests, marks: [] })
    expect(lanes).toHaveLength(1)
    expect(rows).toBe(3)
  })

  it('shows a service as stopping from the signal to its end, and as gone after that', () => {
    const { bands, to } = layOut({
      kind: 'timeline',
      requests: [request('a', 0, 40)],
      marks: [
        { at: 10, what: 'sigterm' },
        { at: 30, what: 'exited' },
      ],
    })
    expect(bands).toEqual([
      { kind: 'stopping', from: 10, to: 30 },
      { kind: 'gone', from: 30, to },
    ])
  })

  it('lays out a run in which no request was sent', () => {
    expect(layOut({ kind: 'timeline', requests: [], marks: [] })).toMatchObject({ bars: [], lanes: [], rows: 0 })
  })

  it('puts round numbers on the axis', () => {
    expect(ticksOf(-130, 420, 0, 5)).toEqual([0, 200, 400])
  })

  it('keeps labels that would cover each other apart', () => {
    expect(
      rowsOfLabels([
        { x: 0, width: 50 },
        { x: 20, width: 50 },
        { x: 60, width: 50 },
      ]),
    ).toEqual([0, 1, 0])
  })
})
