import { nanoid } from 'nanoid'
import { addressOf } from '../engine/endpoint.ts'
import { discoverEngine } from '../engine/discover.ts'
import { readEnvironment } from '../environment.ts'
import { ensureImages } from '../images/ensure.ts'
import type { SandboxDriver } from '../sandbox/contract.ts'
import { dockerDriver } from '../sandbox/docker/driver.ts'
import { connectEngine } from '../sandbox/docker/engine.ts'
import { Complaint } from './complaint.ts'

/** A driver for one command, with its images made sure of; Ctrl+C aborts `signal`, disposing sweeps what is left. */
export const openForLabs = async (_: { readonly driver?: string | undefined }): Promise<AsyncDisposable & { driver: SandboxDriver; signal: AbortSignal }> => {
  const { engine, refused } = await discoverEngine(readEnvironment())
  if (engine === undefined) throw new Complaint(`No container engine answers: ${refused.map(({ because }) => because).join('; ')}.`, './hatoba doctor')
  const host = addressOf(engine.endpoint)
  await ensureImages(connectEngine({ host }), ['node'])
  const driver = dockerDriver({ host, instance: `cli-${nanoid(8)}` })
  const abort = new AbortController()
  process.once('SIGINT', () => abort.abort())
  return {
    driver,
    signal: abort.signal,
    [Symbol.asyncDispose]: async () => {
      await driver.sweep(new Date())
    },
  }
}
