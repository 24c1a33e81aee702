import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { acceptable } from '../../labs/kit/cluster/index.ts'
import { POD_IMAGE } from '../../labs/kit/lab.ts'
import { findProgram } from '../engine/install.ts'
import { findCluster } from '../kind/find.ts'
import type { ClusterSpec } from '../sandbox/contract-cluster.ts'
import { openKubernetes } from '../sandbox/kubernetes/index.ts'
import { proveIsolation } from './isolation.ts'
import { openKubectl } from './kubectl.ts'
import { type BenchRow, costRow, interleaved, machine, median } from './report.ts'
import { CannotRun, type Suite } from './suite.ts'

const LAB = 'rolled-out'
const FILE = 'deployment.yaml'
const DEPLOYMENT = 'hello'
const AT_ONCE = 20
const LINES = 300
const MOST_LIBRARY_MIB = 5
/** A rollout takes seconds, so that there are fewer of them than of what takes milliseconds. */
const MOST_ROLLOUTS = 12

/** A Deployment from submission to verdict beside kubectl, and what the parts of it cost. Throws `CannotRun` without cluster or kubectl. */
export const benchKubernetes: Suite = async ({ n, learner, path, onRound, signal }) => {
  const program = findProgram('kubectl', { PATH: path })
  if (program === undefined) throw new CannotRun('There is no kubectl to compare with.')
  const place = await findCluster({ environment: { PATH: path }, data: '' }, { signal })
  if ('because' in place) throw new CannotRun(place.because)
  await place.prepare?.()
  const manifest = await readFile(new URL(`../../labs/practice/${LAB}/solution/${FILE}`, import.meta.url), 'utf8')
  await using kubectl = await openKubectl(program, place.kubeconfig)
  let wrongVerdicts = 0
  const submit = async (): Promise<number> => {
    const { ms, verdict } = await learner.submit(LAB, { [FILE]: manifest })
    if (verdict.outcome !== 'passed') wrongVerdicts += 1
    return ms
  }

  const rounds = Math.min(n, MOST_ROLLOUTS)
  const rollouts = await interleaved(
    rounds,
    { ours: submit, theirs: () => kubectl.rollOut(manifest, DEPLOYMENT) },
    { onRound: (round) => onRound((0.6 * round) / rounds) },
  )
  const theirs = median(rollouts.theirs)
  const last = Math.max(...(await Promise.all(Array.from({ length: AT_ONCE }, submit))))
  onRound(0.7)
  const rows: readonly BenchRow[] = [
    costRow('submit to verdict of a Deployment p50, against kubectl apply and rollout status', 'ms', median(rollouts.ours), theirs, {
      atMost: 1.1,
    }),
    costRow(`last verdict of ${AT_ONCE} submitted at once, against as many one after another with kubectl`, 'ms', last, AT_ONCE * theirs),
    await namespaceRow(place.kubeconfig, rounds),
    await staticRow(manifest, n, () => kubectl.dryRun(lengthened(manifest))),
    await libraryRow(),
  ]
  return { suite: 'kubernetes', n: rounds, machine: machine(), rows, wrongVerdicts, isolation: await proveIsolation(learner) }
}

/** A namespace that waits against one that is made when it is asked for. */
const namespaceRow = async (kubeconfig: string, n: number): Promise<BenchRow> => {
  const spec: ClusterSpec = { submission: 'bench', deadlineSeconds: 300, allows: ['apps/v1 Deployment'] }
  const open = async (most: number): Promise<readonly number[]> => {
    await using driver = await openKubernetes({ instance: `bench-${process.pid}`, proberImage: POD_IMAGE, kubeconfig, most })
    const times: number[] = []
    for (let round = 0; round < n; round += 1) {
      if (most > 0) await driver.warm(spec)
      const began = performance.now()
      const cluster = await driver.open(spec)
      times.push(performance.now() - began)
      await cluster[Symbol.asyncDispose]()
    }
    // The first has connected.
    return times.slice(1)
  }
  return costRow('a namespace from the pool p50, against one made when asked for', 'ms', median(await open(2)), median(await open(0)), {
    upTo: 50,
  })
}

/** The manifest again and again under other names, until it has as many lines. */
const lengthened = (manifest: string): string => {
  const copies = Math.ceil(LINES / manifest.split('\n').length)
  return Array.from({ length: copies }, (_, copy) =>
    copy === 0 ? manifest : manifest.replaceAll(DEPLOYMENT, `${DEPLOYMENT}-${copy}`),
  ).join('---\n')
}

const staticRow = async (manifest: string, n: number, dryRun: () => Promise<number>): Promise<BenchRow> => {
  const { run } = acceptable({ objects: { [`Deployment/${DEPLOYMENT}`]: FILE } })
  const files = { [FILE]: lengthened(manifest) }
  const ours = async (): Promise<number> => {
    const began = performance.now()
    const answer = run({ files })
    if (answer.status !== 'passed') throw new CannotRun('The manifest is not one that the static tier accepts.')
    return performance.now() - began
  }
  const times = await interleaved(Math.min(n, 12), { ours, theirs: dryRun })
  return costRow(
    `the static tier on a manifest of ${files[FILE].split('\n').length} lines p50, against kubectl apply --dry-run=server`,
    'ms',
    median(times.ours),
    median(times.theirs),
    { upTo: 30 },
  )
}

/** What a process holds that could grade on a cluster but has not. */
const libraryRow = async (): Promise<BenchRow> => {
  const residentWith = async (...modules: readonly string[]): Promise<number> => {
    const files = ['../server.ts', ...modules].map((file) => fileURLToPath(new URL(file, import.meta.url)))
    const script = `for (const file of ${JSON.stringify(files)}) await import(file); gc(); console.log(process.memoryUsage.rss() / 2 ** 20)`
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--input-type=module', '-e', script])
    return Number(stdout)
  }
  const { without, lazy, loaded } = await interleaved(
    5,
    {
      without: () => residentWith(),
      lazy: () => residentWith('../cli/cluster-for.ts'),
      loaded: () => residentWith('../cli/cluster-for.ts', '../sandbox/kubernetes/driver.ts'),
    },
    { warmUps: 1 },
  )
  // A goal of so much more than without.
  return costRow('a runner before its first lab on Kubernetes, against one after it', 'MiB', median(lazy), median(loaded), {
    upTo: Math.round(median(without)) + MOST_LIBRARY_MIB,
  })
}
