import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CHECKOUT } from '../../runner/environment.ts'

/** `./hatoba up` as a person starts it, on a data folder of its own. */
export interface RunningHatoba extends AsyncDisposable {
  readonly url: string
  /** Starts again on the same address and data. */
  start(): Promise<void>
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

const STARTS_WITHIN_MS = 170_000
const ENDS_WITHIN_MS = 60_000

export const startHatoba = async (): Promise<RunningHatoba> => {
  const data = await mkdtemp(join(tmpdir(), 'hatoba-browser-'))
  let child: ChildProcess | undefined
  let url = ''

  const start = async (): Promise<void> => {
    const port = url === '' ? '0' : new URL(url).port
    child = spawn('./hatoba', ['up', '--port', port, '--data', data, '--no-open', '--no-install'], {
      cwd: CHECKOUT,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    url = await readyLine(child)
  }
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    const late = setTimeout(() => child?.kill('SIGKILL'), ENDS_WITHIN_MS)
    const [, by] = (await ended) as [number | null, NodeJS.Signals | null]
    clearTimeout(late)
    if (by === 'SIGKILL' && signal === 'SIGTERM') throw new Error(`Hatoba had not ended ${ENDS_WITHIN_MS / 1000} s after SIGTERM`)
  }

  const remove = (): Promise<void> => rm(data, { recursive: true, force: true })
  try {
    await start()
  } catch (cause) {
    child?.kill('SIGKILL')
    await remove()
    throw cause
  }
  return {
    get url() {
      return url
    },
    start,
    stop,
    async [Symbol.asyncDispose]() {
      try {
        await stop()
      } finally {
        await remove()
      }
    },
  }
}

const readyLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    const late = setTimeout(() => reject(new Error(`Hatoba was not ready in time:\n${said}`)), STARTS_WITHIN_MS)
    const hear = (chunk: Buffer): void => {
      said += chunk.toString('utf8')
      const [, url] = /Hatoba is ready at (http:\/\/\S+)/.exec(said) ?? []
      if (url === undefined) return
      clearTimeout(late)
      resolve(url)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`Hatoba ended with ${code} before it was ready:\n${said}`))
    })
  })
