import { docker, type Evidence, type ExecResult, exhausted, fail, lab, pass, visible } from '../../kit/index.ts'

const EXPECTED = Buffer.from('hello\n')

export default lab({
  id: 'hello',
  minutes: 1,
  seconds: 30,
  listed: false,
  files: { 'main.py': 'edit' },
  sandbox: docker({
    image: 'python',
    network: 'none',
    limits: { wallSeconds: 5, memoryMiB: 64, pids: 32, outputKiB: 64, diskMiB: 8, fileMiB: 4 },
  }),
  observe: async ({ files, sandbox, signal }) => {
    await sandbox.write(files, { signal })
    return sandbox.exec(['python3', 'main.py'], { signal })
  },
  checks: {
    ends: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const { ended } = seen
        const detail = { ...placeOf(seen), evidence: [...saidOf(seen)] }
        if (ended.by === 'limit') return exhausted(ended, 'main.py', detail)
        if (ended.by === 'signal') return fail('signal', { signal: ended.signal }, detail)
        if (ended.by === 'us') throw new Error('the program was ended by us')
        return ended.code === 0 ? pass() : fail('code', { code: ended.code }, detail)
      },
    },
    prints: {
      tier: 'sandbox',
      needs: ['ends'],
      run: ({ seen: { stdout } }) => {
        if (EXPECTED.equals(stdout)) return pass()
        const evidence: Evidence = { kind: 'diff', expected: visible(EXPECTED), actual: visible(stdout), of: 'stdout' }
        if (stdout.length === 0) return fail('nothing', {}, { evidence: [evidence] })
        return fail('differs', { bytes: stdout.length, wanted: EXPECTED.length }, { evidence: [evidence] })
      },
    },
  },
  mistakes: {
    'capital-letter': 'prints',
    'no-line-end': 'prints',
    'exits-with-1': 'ends',
    'does-not-parse': 'ends',
    'never-ends': 'ends',
  },
})

/** The last place in the learner's file that Python names in its traceback. */
const placeOf = ({ stderr }: ExecResult) => {
  const places = [
    ...Buffer.from(stderr)
      .toString('utf8')
      .matchAll(/File "(?:[^"\n]*\/)?main\.py", line (\d{1,7})\b/g),
  ]
  const line = places.at(-1)?.[1]
  return line === undefined ? {} : { at: { file: 'main.py', line: Number(line) } }
}

/** What the program wrote to stderr. */
const saidOf = ({ stderr }: ExecResult): Evidence[] => {
  const at = Date.now()
  const lines = visible(stderr).replaceAll('␊', '').trimEnd().split('\n')
  return stderr.length === 0 ? [] : [{ kind: 'log', lines: lines.map((text) => ({ at, stream: 'stderr', text })) }]
}
