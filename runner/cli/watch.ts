import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CHECKOUT } from '../environment.ts'
import { interruption } from './interruption.ts'
import { say } from './terminal.ts'

/** An editor writes a file in several steps; they count as one change. */
const SETTLES_MS = 200

/** Runs this command with these arguments now and after every change below the folders, until Ctrl+C. A run that a change makes old is ended. */
export const againAfterChanges = async (args: readonly string[], folders: readonly string[]): Promise<void> => {
  using interrupted = interruption({ ending: 'ending the grading under way' })
  const { signal } = interrupted
  let change = Promise.withResolvers<void>()
  const following = folders.map(async (folder) => {
    for await (const _ of watch(folder, { recursive: true, signal })) change.resolve()
  })
  while (!signal.aborted) {
    // A process of its own for each run: what was imported once stays as it was.
    const child = spawn(process.execPath, [join(CHECKOUT, 'runner', 'cli', 'main.ts'), ...args], { stdio: 'inherit' })
    const exited = once(child, 'exit')
    const stop = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => stop.resolve(), { once: true })
    await Promise.race([change.promise, stop.promise, exited])
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    else if (!signal.aborted) say('waiting for a change (Ctrl+C ends)')
    await exited
    await Promise.race([change.promise, stop.promise])
    await delay(SETTLES_MS, undefined, { signal }).catch(() => {})
    change = Promise.withResolvers<void>()
  }
  await Promise.allSettled(following)
}
