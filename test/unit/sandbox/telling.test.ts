import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { becomeWhenTold, toTelling } from '../../../runner/sandbox/container/program.ts'

describe('a container that waits to be told', () => {
  const [shell = '', ...args] = becomeWhenTold
  const text = fc.string({ unit: 'binary', maxLength: 30 }).filter((value) => !value.includes('\0') && value.isWellFormed())

  it('becomes the command as given, whatever is in its words, with its variables and then its input', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), text, text, (words, value, input) => {
        const command = ['sh', '-c', 'for word; do printf "%s\\0" "$word"; done; printf "%s\\0" "$VALUE"; cat', 'sh', ...words]
        const said = execFileSync(shell, args, {
          input: toTelling({ command, env: { VALUE: value } }, Buffer.from(input)),
          env: { PATH: '/usr/bin:/bin' },
        })
        expect(said.toString()).toBe([...words, value, input].join('\0'))
      }),
      { numRuns: 40 },
    )
  })

  it('ends when nobody tells it anything', () => {
    expect(() => execFileSync(shell, args, { input: '', stdio: ['pipe', 'ignore', 'ignore'] })).toThrow()
  })
})
