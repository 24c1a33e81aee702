import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Power } from '../../../runner/sandbox/contract.ts'
import { POD_GAPS } from '../../../runner/sandbox/kubernetes/pods/gaps.ts'
import { PLAIN_GAPS, WALLED_GAPS } from '../../../runner/sandbox/local/gaps.ts'
import { POWERS, toPowers } from '../../../runner/sandbox/powers.ts'

/** Each driver's gaps, which its run of the contract suite skips and its sandboxes tell beforehand. */
const DRIVERS: Readonly<Record<string, Readonly<Partial<Record<Power, string>>>>> = {
  docker: {},
  kubernetes: POD_GAPS,
  'local, in bubblewrap': WALLED_GAPS,
  'local, plain': PLAIN_GAPS,
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const table = (): string => {
  const names = Object.keys(DRIVERS)
  const cell = (name: string, power: Power): string => {
    const reason = DRIVERS[name]?.[power]
    return reason === undefined ? 'yes' : `no: ${reason}`
  }
  return [
    row(['power', 'can', ...names]),
    row(['---', '---', ...names.map(() => '---')]),
    ...toPowers(POWERS).map((power) => row([`\`${power}\``, POWERS[power], ...names.map((name) => cell(name, power))])),
  ].join('\n')
}

describe('the list of gaps', () => {
  it('stands in docs/architecture.md as the drivers have it', async () => {
    expect(await readFile(new URL('../../../docs/architecture.md', import.meta.url), 'utf8')).toContain(table())
  })
})
