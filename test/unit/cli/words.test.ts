import { runCommand } from 'citty'
import { describe, expect, it } from 'vitest'
import { Complaint } from '../../../runner/cli/complaint.ts'
import { failureOf } from '../../../runner/cli/failures.ts'
import { command, countOf, portOf } from '../../../runner/cli/flags.ts'
import { readEnvironment } from '../../../runner/environment.ts'
import { Fault } from '../../../runner/fault.ts'

const systemError = (code: string, more: object = {}): Error => Object.assign(new Error(`${code}: refused`), { code, ...more })

describe('a failure is told in one sentence with its fix', () => {
  it.each([
    [
      systemError('EADDRINUSE', { address: '127.0.0.1', port: 4270 }),
      'Port 4270 on 127.0.0.1 is taken by another program. Stop that program, or choose another port: hatoba up --port 4271',
    ],
    [systemError('ENOSPC'), 'The disk is full. Free some space (`hatoba doctor` shows where), then start again.'],
    [
      new Fault('store.failed', 'the store cannot be written', { cause: systemError('ENOSPC') }),
      'The disk is full. Free some space (`hatoba doctor` shows where), then start again.',
    ],
    [
      new Fault('store.locked', 'another process uses this data folder'),
      'The data folder is in use. Another Hatoba uses this data folder: stop it, or choose another with --data.',
    ],
    [systemError('EACCES', { path: '/data' }), '/data cannot be written by this account. Choose another data folder with --data.'],
    [
      systemError('EACCES', { port: 80, address: '127.0.0.1' }),
      'This account may not listen on port 80. Choose a port above 1023 with --port.',
    ],
    [new Complaint('There is no lab x.', '`hatoba lab list` shows them.'), 'There is no lab x. `hatoba lab list` shows them.'],
  ])('%#', (thrown, sentence) => {
    expect(failureOf(thrown)).toEqual({ lines: [sentence], code: 1 })
  })

  it('an interruption is no failure of anybody', () => {
    expect(failureOf(new DOMException('asked to stop', 'AbortError'))).toEqual({ lines: ['stopped'], code: 130 })
  })

  it('a defect of ours shows where it happened', () => {
    const { lines, code } = failureOf(new TypeError('x is not a function'))
    expect(code).toBe(1)
    expect(lines[1]).toContain('words.test.ts')
  })
})

describe('the environment', () => {
  it('has a default for everything that is needed', () => {
    expect(readEnvironment({})).toMatchObject({ HATOBA_HOST: '127.0.0.1', HATOBA_PORT: 4270, CI: false })
  })

  it.each([
    [{ HATOBA_PORT: 'eighty' }, 'HATOBA_PORT is "eighty"; expected a port number.'],
    [{ HATOBA_PORT: '70000' }, 'HATOBA_PORT is "70000"; expected a port number up to 65535.'],
    [{ HATOBA_DATABASE_URL: 'mysql://x' }, 'HATOBA_DATABASE_URL is "mysql://x"; expected a URL like postgres://name@host/database.'],
    [{ DOCKER_HOST: 'here' }, 'DOCKER_HOST is "here"; expected an address like unix:///var/run/docker.sock or tcp://host:2376.'],
  ])('names the variable, what was received and what is expected: %o', (given, message) => {
    expect(() => readEnvironment(given)).toThrow(message)
  })

  it('takes an empty variable for an absent one', () => {
    expect(readEnvironment({ HATOBA_PORT: '' }).HATOBA_PORT).toBe(4270)
  })
})

describe('flags', () => {
  it('that do not exist are refused with those that do, before anything is done', async () => {
    let runs = 0
    const up = command({
      args: { file: { type: 'positional', required: false }, port: { type: 'string' }, install: { type: 'boolean' } },
      run: () => void runs++,
    })
    await expect(runCommand(up, { rawArgs: ['--prot', '5000'] })).rejects.toMatchObject({
      message: 'There is no flag --prot.',
      fix: 'There are: --port, --install.',
    })
    expect(runs).toBe(0)
    await runCommand(up, { rawArgs: ['--port=5000', '--no-install', 'file', '--', '--anything'] })
    expect(runs).toBe(1)
  })

  it('take a port only if it is one', () => {
    expect(portOf('0')).toBe(0)
    expect(() => portOf('65536')).toThrow('expected a number from 0 to 65535')
  })

  it.each(['', '0', 'two', '1.5', '-1'])('refuses %j gradings at once, which would grade nothing', (given) => {
    expect(() => countOf(given, { flag: 'at-once', least: 1 })).toThrow(
      `--at-once is ${JSON.stringify(given)}; expected a whole number from 1 on.`,
    )
  })

  it('takes a whole number from the least on', () => {
    expect(countOf('0', { flag: 'load', least: 0 })).toBe(0)
    expect(countOf('20', { flag: 'repeat', least: 1 })).toBe(20)
  })
})
