import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../fault.ts'
import type { BuildOptions, FileMap, LimitName, SandboxDriver } from '../sandbox/contract.ts'
import { pooledDocker } from '../sandbox/docker/pooled.ts'
import { run } from './baselines.ts'
import { calm } from './calm.ts'
import { proveIsolation } from './isolation.ts'
import { costRow, interleaved, machine, quantile } from './report.ts'
import type { Suite } from './suite.ts'

const LEAST_BUILDS = 6
/** Longest wait before one measurement. */
const CALM_MS = 700
const SOURCES = Object.fromEntries(Array.from({ length: 6 }, (_, number) => [`part${number}.py`, `print(${number})\n`]))
const dockerfile = (base: string): string =>
  [`FROM ${base}`, 'COPY part*.py /work/', 'RUN python3 /work/part0.py > /work/said', 'RUN python3 -m compileall -q /work', ''].join('\n')

/** Programs in a RUN that each use up one thing, and the limit that must end them. */
const GREEDY: readonly (readonly [limit: LimitName, program: string, limits: BuildOptions['limits']])[] = [
  ['pids', 'import os,time\nfor i in range(9999):\n  if os.fork() == 0:\n    time.sleep(60)\n    os._exit(0)\n', { pids: 32 }],
  ['memory', 'b = b"x" * (1 << 30)\n', { memoryMiB: 64, diskMiB: 64 }],
  ['disk', 'f = open("/big", "wb")\nwhile True: f.write(b"x" * 65536)\n', { diskMiB: 64 }],
  ['output', 'while True: print("y" * 80)\n', { outputKiB: 64 }],
  ['time', 'import time\ntime.sleep(600)\n', { wallSeconds: 2 }],
]
/** Prints what a program in a RUN may do beyond itself: one line of JSON. */
const LOOKING = `
import json, os, socket
status = dict(line.split(':', 1) for line in open('/proc/self/status') if ':' in line)
found = []
if [name for _, name in socket.if_nameindex()] != ['lo']: found.append('a network')
if int(open('/proc/self/uid_map').read().split()[1]) == 0: found.append('real root')
if status['Seccomp'].strip() != '2': found.append('no filter')
if status['NoNewPrivs'].strip() != '1': found.append('new privileges')
print(json.dumps(found))
`

/** A learner's Dockerfile, built without a cache and without a network, beside the engine's own builder. */
export const benchBuild: Suite = async ({ n, learner, host, image, path, onRound }) => {
  const builds = Math.max(LEAST_BUILDS, n)
  await using driver = pooledDocker({ host, instance: `bench-${process.pid}` })
  const folder = await mkdtemp(join(tmpdir(), 'hatoba-bench-context-'))
  const tag = `hatoba-bench-${process.pid}`
  try {
    for (const [name, source] of Object.entries({ ...SOURCES, Dockerfile: dockerfile(image) })) await writeFile(join(folder, name), source)
    const classic = async (): Promise<number> => {
      await calm({ mostMs: CALM_MS })
      const command = ['--host', host, 'build', '-q', '--no-cache', '--network', 'none', '-t', tag, folder]
      const { ms, code } = await run('docker', command, { PATH: path, DOCKER_BUILDKIT: '0', HOME: folder })
      if (code !== 0) throw new Fault('internal', `the baseline docker build ended with ${code}`)
      return ms
    }
    const ours = async (): Promise<number> => {
      await calm({ mostMs: CALM_MS })
      const began = performance.now()
      const result = await buildOnce(driver, { ...SOURCES, Dockerfile: dockerfile('hatoba/python') })
      if (!result.built) throw new Fault('internal', `a build of the bench failed: ${JSON.stringify(result.because)}`)
      return performance.now() - began
    }
    const samples = await interleaved(builds, { ours, classic }, { warmUps: 1, onRound: (round) => onRound((round / builds) * 0.8) })
    let wrongVerdicts = 0
    for (const [limit, program, limits] of GREEDY) if ((await metIn(driver, program, limits)) !== limit) wrongVerdicts += 1
    const inside = await foundIn(driver)
    const isolation = await proveIsolation(learner)
    const p = (name: keyof typeof samples, share: number) => quantile(samples[name], share)
    return {
      suite: 'build',
      n: builds,
      machine: machine(),
      rows: [
        costRow('build p50, against docker build --no-cache --network none', 'ms', p('ours', 0.5), p('classic', 0.5), { atLeast: 1.5 }),
        costRow('build p95, against docker build --no-cache --network none', 'ms', p('ours', 0.95), p('classic', 0.95)),
      ],
      wrongVerdicts,
      isolation: {
        holds: isolation.holds && inside.length === 0,
        looked: [...isolation.looked, ...GREEDY.map(([limit]) => `a RUN beyond its ${limit}`), 'a network, root, privileges in a RUN'],
        found: [...isolation.found, ...inside],
      },
    }
  } finally {
    await run('docker', ['--host', host, 'image', 'rm', '-f', tag], { PATH: path, HOME: folder }).catch(() => {})
    await rm(folder, { recursive: true, force: true })
  }
}

const buildOnce = async (driver: SandboxDriver, context: FileMap, limits: BuildOptions['limits'] = {}) => {
  await using sandbox = await driver.open({ submission: 'bench', deadlineSeconds: 120, image: 'python', network: 'none' })
  return await sandbox.build(context, { limits })
}

const withProgram = (program: string): FileMap => ({
  'program.py': program,
  Dockerfile: 'FROM hatoba/python\nCOPY program.py /program.py\nRUN python3 /program.py\n',
})

/** The limit that ended a program in a RUN; undefined when none did. */
const metIn = async (driver: SandboxDriver, program: string, limits: BuildOptions['limits']): Promise<LimitName | undefined> => {
  const result = await buildOnce(driver, withProgram(program), limits)
  return !result.built && result.because.kind === 'limit' ? result.because.ended.limit : undefined
}

const foundIn = async (driver: SandboxDriver): Promise<readonly string[]> => {
  const result = await buildOnce(driver, withProgram(LOOKING))
  const said = result.steps.at(-1)?.output.at(-1)
  return said === undefined ? ['the looking RUN could not report'] : (JSON.parse(said) as string[])
}
