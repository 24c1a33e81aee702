import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Fault } from '../fault.ts'

const READY = /Hatoba is ready at (\S+)/

export interface Product extends AsyncDisposable {
  readonly url: string
  readonly pid: number
}

/** The product as an operator starts it: a process of its own, on a free port, with an empty data folder. */
export const startProduct = async ({ signal }: { readonly signal: AbortSignal }): Promise<Product> => {
  const data = await mkdtemp(join(tmpdir(), 'hatoba-bench-'))
  const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, 'up', '--no-install', '--no-open', '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000)
  })
  const dispose = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    await rm(data, { recursive: true, force: true })
  }
  try {
    const url = await Promise.race([readyLine(child.stdout), ended.then(() => undefined), aborted(signal)])
    if (url === undefined) throw new Fault('internal', `the product did not start: ${said}`)
    return { url, pid: child.pid ?? 0, [Symbol.asyncDispose]: dispose }
  } catch (thrown) {
    await dispose()
    throw thrown
  }
}

const readyLine = async (stdout: NodeJS.ReadableStream): Promise<string | undefined> => {
  for await (const line of createInterface({ input: stdout })) {
    const url = READY.exec(line)?.[1]
    if (url !== undefined) return url
  }
  return undefined
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, give) => signal.addEventListener('abort', () => give(signal.reason), { once: true }))
