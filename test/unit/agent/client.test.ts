import { duplexPair } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { agentOver } from '../../../runner/sandbox/agent/client.ts'
import { toEnded } from '../../../runner/sandbox/agent/exec.ts'
import type { ExitFrame } from '../../../runner/sandbox/agent/frames.ts'
import { limitsOf } from '../../../runner/sandbox/limits.ts'

const READY = Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 128, 1, 3])

describe('the client of an agent', () => {
  it('rejects everything pending and everything later with one fault when the stream ends', async () => {
    const [ours, theirs] = duplexPair()
    const agent = agentOver(ours)
    const pending = [
      agent.ready(),
      agent.list(''),
      agent.read('x', { mostBytes: 1 }),
      agent.write('x', new Uint8Array()),
      agent.start(['x']).exited,
      agent.start(['x']).started,
    ]
    theirs.end()
    const outcomes = await Promise.allSettled(pending)
    const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined))
    expect(reasons[0]).toMatchObject({ name: 'Fault', code: 'engine.failed' })
    expect(new Set(reasons).size).toBe(1)
    expect(() => agent.start(['x'])).toThrow(reasons[0])
    await expect(agent.list('')).rejects.toBe(reasons[0])
  })

  it("takes bytes that are no frame for the agent's end", async () => {
    const [ours, theirs] = duplexPair()
    const agent = agentOver(ours)
    const pending = agent.list('')
    theirs.write(Buffer.from('hello, this is a shell\n'))
    await expect(pending).rejects.toMatchObject({ code: 'engine.failed', message: 'The agent sent what is no frame.' })
  })

  it('does not wait for ever for an agent that says nothing', async () => {
    const [ours, theirs] = duplexPair()
    theirs.resume()
    const agent = agentOver(ours, { answerSeconds: 0.05 })
    await expect(agent.ready()).rejects.toMatchObject({ code: 'engine.timeout' })
    await expect(agent.list('')).rejects.toMatchObject({ code: 'engine.timeout' })
    await agent[Symbol.asyncDispose]()
  })

  it('stops waiting when told to, with the reason given', async () => {
    const [ours, theirs] = duplexPair()
    theirs.resume()
    const agent = agentOver(ours)
    const reason = new Error('enough')
    const controller = new AbortController()
    const pending = [agent.list('', { signal: controller.signal }), agent.ready({ signal: controller.signal })]
    controller.abort(reason)
    for (const outcome of await Promise.allSettled(pending)) expect(outcome).toEqual({ status: 'rejected', reason })
    await agent[Symbol.asyncDispose]()
  })

  it('says that the agent is ready, also to whoever asks late', async () => {
    const [ours, theirs] = duplexPair()
    const agent = agentOver(ours)
    theirs.write(READY)
    const ready = { type: 'ready', version: 1, knowsMemory: true, knowsForks: true }
    expect(await agent.ready()).toEqual(ready)
    expect(await agent.ready()).toEqual(ready)
    await agent[Symbol.asyncDispose]()
    await agent[Symbol.asyncDispose]()
  })

  it('never sends more input than the agent has said it keeps', async () => {
    const [ours, theirs] = duplexPair()
    let received = 0
    theirs.on('data', (bytes: Buffer) => (received += bytes.length))
    const agent = agentOver(ours)
    const running = agent.start(['cat'])
    const written = running.write(Buffer.alloc(100_000))
    await new Promise(setImmediate)
    expect(received).toBeLessThan(66_000)
    theirs.write(Buffer.from([4, 0, 0, 0, 1, 0, 0, 0, 136, 0, 0, 1, 0]))
    await written
    await new Promise(setImmediate)
    expect(received).toBeGreaterThan(100_000)
    await agent[Symbol.asyncDispose]()
  })
})

describe('how a program ended', () => {
  const exit: ExitFrame = {
    type: 'exit',
    how: 'exited',
    code: 0,
    limit: 'none',
    errno: 0,
    line: 0,
    userMs: 0,
    systemMs: 0,
    peakKiB: 0,
    wallMs: 0,
    memoryKills: 0,
    refusedForks: 0,
  }
  const limits = limitsOf({ wallSeconds: 3, memoryMiB: 64, pids: 9, outputKiB: 5, fileMiB: 2 })
  it.each<[string, Partial<ExitFrame>, unknown]>([
    ['well', {}, { by: 'itself', code: 0 }],
    ['well, though something was short on the way', { memoryKills: 1, refusedForks: 2 }, { by: 'itself', code: 0 }],
    ['badly', { code: 3 }, { by: 'itself', code: 3 }],
    ['by a signal', { how: 'signalled', code: 11 }, { by: 'signal', signal: 'SIGSEGV' }],
    ['by a signal without a name', { how: 'signalled', code: 40 }, { by: 'signal', signal: 'SIG40' }],
    ['out of time', { how: 'signalled', code: 9, limit: 'time' }, { by: 'limit', limit: 'time', allowed: 3, unit: 's' }],
    ['with too much output', { how: 'signalled', code: 9, limit: 'output' }, { by: 'limit', limit: 'output', allowed: 5, unit: 'KiB' }],
    ['out of memory', { how: 'signalled', code: 9, memoryKills: 1 }, { by: 'limit', limit: 'memory', allowed: 64, unit: 'MiB' }],
    [
      'out of processes, and then of memory',
      { how: 'signalled', code: 9, memoryKills: 3, refusedForks: 1 },
      { by: 'limit', limit: 'pids', allowed: 9, unit: 'processes' },
    ],
    [
      'out of processes, until the clock',
      { how: 'signalled', code: 9, limit: 'time', refusedForks: 1 },
      { by: 'limit', limit: 'pids', allowed: 9, unit: 'processes' },
    ],
    ['with too large a file', { how: 'signalled', code: 25 }, { by: 'limit', limit: 'disk', allowed: 2, unit: 'MiB' }],
    ['before it began: not found', { errno: 2 }, { by: 'itself', code: 127 }],
    ['before it began: not a program', { errno: 13 }, { by: 'itself', code: 126 }],
  ])('%s', (_, more, ended) => {
    expect(toEnded({ ...exit, ...more }, limits)).toEqual(ended)
  })
})
