import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROLLOUT_SECONDS = 120

/** What people do without Hatoba: kubectl, on the same cluster. */
export interface Kubectl extends AsyncDisposable {
  /** Milliseconds of `apply` and `rollout status` of a manifest with one Deployment, in a namespace that was there before. */
  rollOut(manifest: string, deployment: string): Promise<number>
  /** Milliseconds in which the API server says whether it would take a manifest. */
  dryRun(manifest: string): Promise<number>
}

/** `program`: its whole path. */
export const openKubectl = async (program: string, kubeconfig: string): Promise<Kubectl> => {
  const folder = await mkdtemp(join(tmpdir(), 'hatoba-kubectl-'))
  const file = join(folder, 'work.yaml')
  const config = join(folder, 'kubeconfig')
  await writeFile(config, kubeconfig, { mode: 0o600 })
  const kubectl = (...words: readonly string[]) => run(program, [`--kubeconfig=${config}`, `--cache-dir=${folder}`, ...words], { env: {} })
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now()
    await work()
    return performance.now() - began
  }
  let namespaces = 0
  const inNamespace = async (work: (namespace: string) => Promise<number>): Promise<number> => {
    namespaces += 1
    const namespace = `bench-${process.pid}-${namespaces}`
    await kubectl('create', 'namespace', namespace)
    try {
      return await work(namespace)
    } finally {
      await kubectl('delete', 'namespace', namespace, '--wait=false')
    }
  }
  return {
    rollOut: (manifest, deployment) =>
      inNamespace(async (namespace) => {
        await writeFile(file, manifest)
        return timed(async () => {
          await kubectl('apply', '-n', namespace, '-f', file)
          await kubectl('rollout', 'status', '-n', namespace, `deployment/${deployment}`, `--timeout=${ROLLOUT_SECONDS}s`)
        })
      }),
    dryRun: (manifest) =>
      inNamespace(async (namespace) => {
        await writeFile(file, manifest)
        return timed(() => kubectl('apply', '-n', namespace, '--dry-run=server', '-f', file))
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
