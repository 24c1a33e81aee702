import { resolve } from 'node:path'
import pc from 'picocolors'
import { readEnvironment } from '../environment.ts'
import { type Examined, examine } from './examine.ts'
import { command, portOf } from './flags.ts'
import { interruption } from './interruption.ts'

/** `hatoba doctor`: whether the main job can run here, and for every problem the command that fixes it. */
export const doctorCommand = command({
  meta: { name: 'doctor', description: 'Tell whether Hatoba can run here, and how to put right what is not' },
  args: {
    json: { type: 'boolean', description: 'print JSON' },
    host: { type: 'string', description: 'address that would be listened on', valueHint: 'address' },
    port: { type: 'string', description: 'port that would be listened on', valueHint: 'number' },
    data: { type: 'string', description: 'data folder that would be used', valueHint: 'folder' },
  },
  run: async ({ args }) => {
    const environment = readEnvironment()
    using interrupted = interruption({ ending: 'stopping' })
    const examined = await examine({
      environment,
      host: args.host ?? environment.HATOBA_HOST,
      port: args.port === undefined ? environment.HATOBA_PORT : portOf(args.port),
      data: args.data === undefined ? environment.HATOBA_DATA : resolve(args.data),
      signal: interrupted.signal,
    })
    const ok = examined.every(({ state }) => state !== 'problem')
    console.log(args.json ? JSON.stringify({ ok, examined }, null, 2) : report(examined, ok))
    if (!ok) process.exitCode = 1
  },
})

const MARKS = { ok: pc.green('ok     '), warning: pc.yellow('warning'), problem: pc.red('problem') } as const satisfies Record<
  Examined['state'],
  string
>

const report = (examined: readonly Examined[], ok: boolean): string =>
  [
    ...examined.flatMap(({ what, state, says, fix }) => [
      `${MARKS[state]}  ${what.padEnd(7)} ${says}`,
      ...(fix === undefined ? [] : [`                  fix: ${fix}`]),
    ]),
    '',
    ok ? 'A submission can be graded here.' : 'A submission cannot be graded here yet.',
  ].join('\n')
