import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toProcesses } from '../../../runner/sandbox/container/look.ts'
import { demux } from '../../../runner/sandbox/docker/demux.ts'
import { toMillis } from '../../../runner/sandbox/docker/time.ts'

const framed = (stream: 'stdout' | 'stderr', bytes: Uint8Array): Buffer => {
  const header = Buffer.alloc(8)
  header[0] = stream === 'stdout' ? 1 : 2
  header.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([header, bytes])
}

const cutAt = (whole: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = []
  let at = 0
  for (const size of [...sizes, whole.length]) {
    chunks.push(whole.subarray(at, at + size))
    at += size
  }
  return chunks
}

describe('the engine’s multiplexed output', () => {
  it('comes out as the frames that went in, however it is cut', async () => {
    const frame = fc.record({ stream: fc.constantFrom('stdout' as const, 'stderr' as const), bytes: fc.uint8Array({ maxLength: 40 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 8 }), fc.array(fc.integer({ min: 0, max: 20 })), async (frames, sizes) => {
        const whole = Buffer.concat(frames.map(({ stream, bytes }) => framed(stream, bytes)))
        const out = await Array.fromAsync(demux(cutAt(whole, sizes)))
        expect(out.map(({ stream, bytes }) => [stream, [...bytes]])).toEqual(frames.map(({ stream, bytes }) => [stream, [...bytes]]))
      }),
    )
  })

  it('cut short ends without its last frame', async () => {
    const whole = Buffer.concat([framed('stdout', Buffer.from('whole')), framed('stdout', Buffer.from('cut'))])
    const out = await Array.fromAsync(demux([whole.subarray(0, -1)]))
    expect(out.map(({ bytes }) => bytes.toString())).toEqual(['whole'])
  })
})

describe('the engine’s timestamps', () => {
  it('keep their fractions of a millisecond', () => {
    expect(toMillis('2026-11-21T07:47:36.123456789Z')).toBeCloseTo(Date.UTC(2026, 10, 21, 7, 47, 36) + 123.456789, 3)
    expect(toMillis('2026-11-21T07:47:36Z')).toBe(Date.UTC(2026, 10, 21, 7, 47, 36))
    expect(toMillis('2026-11-21T16:47:36.5+09:00')).toBe(Date.UTC(2026, 10, 21, 7, 47, 36) + 500)
  })
})

describe('the processes of a service', () => {
  it('are told without those that asked', () => {
    const status = (pid: number, parent: number, ignored: string, caught: string) =>
      [`PPid:\t${parent}`, `SigIgn:\t${ignored}`, `SigCgt:\t${caught}`].map((line) => `/proc/${pid}/status:${line}`).join('\n')
    const text = [
      status(1, 0, '0000000000000000', '0000000000010002'),
      status(7, 1, '0000000000000000', '0000000000004002'),
      status(9, 7, '0000000000004000', '0000000000000000'),
      status(20, 0, '0000000000000000', '0000000000010002'),
      status(21, 20, '0000000000000000', '0000000000000000'),
      '/proc/1/cmdline:sh\0entrypoint.sh\0',
      '/proc/7/cmdline:node\0server.js\0',
      '/proc/9/cmdline:sleep\x001\0',
      '/proc/20/cmdline:/bin/sh\0-c\0grep\0',
      '/proc/21/cmdline:grep\0-aH\0',
    ].join('\n')
    expect(toProcesses(text)).toEqual([
      { pid: 1, parent: 0, command: 'sh entrypoint.sh', onSigterm: 'default' },
      { pid: 7, parent: 1, command: 'node server.js', onSigterm: 'handled' },
      { pid: 9, parent: 7, command: 'sleep 1', onSigterm: 'ignored' },
    ])
  })
})
