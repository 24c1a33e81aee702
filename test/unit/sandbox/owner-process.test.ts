import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { stateOf, thisProcess } from '../../../runner/sandbox/owner-process.ts'

/** What another process writes on its labels. */
const namedLike = (pid: number, began = ''): string => thisProcess().replace(/\/\d+\/\d*$/, `/${pid}/${began}`)

describe('the process on a label', () => {
  it('is known to live while it does, and to be dead after', async () => {
    expect(stateOf(thisProcess())).toBe('alive')
    const child = spawn('sleep', ['60'])
    const name = namedLike(child.pid ?? 0)
    expect(stateOf(name)).toBe('alive')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(stateOf(name)).toBe('dead')
  })

  it('is not another one that got its number', () => {
    expect(stateOf(namedLike(process.pid, '1'))).toBe('dead')
  })

  it('is unknown on another machine, after another boot, and where there is no label', () => {
    expect(stateOf(thisProcess().replace(/^./, '#'))).toBe('unknown')
    expect(stateOf('nonsense')).toBe('unknown')
    expect(stateOf(undefined)).toBe('unknown')
  })
})
