import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { Fault } from '../fault.ts'

export const DEBOOTSTRAP = 'mmdebstrap'

export interface Bootstrap {
  readonly tar: Readable
  /** Rejects with `image.build` when the program failed, carrying the end of what it said. */
  readonly done: Promise<void>
}

/** Starts mmdebstrap; its progress is told line by line. Throws `Fault` `image.build` when the program is not there. */
export const bootstrap = (args: readonly string[], onLine: (line: string) => void, signal?: AbortSignal): Bootstrap => {
  const child = spawn(DEBOOTSTRAP, [...args], { stdio: ['ignore', 'pipe', 'pipe'], ...(signal ? { signal } : {}) })
  const tail: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    tail.push(line)
    if (tail.length > 20) tail.shift()
    onLine(line)
  })
  const done = new Promise<void>((resolve, reject) => {
    child.on('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'ENOENT'
          ? new Fault('image.build', `${DEBOOTSTRAP} is not installed: \`apt-get install -y --no-install-recommends ${DEBOOTSTRAP}\`.`, {
              cause,
            })
          : signal?.aborted
            ? signal.reason
            : new Fault('image.build', `${DEBOOTSTRAP} could not run.`, { cause }),
      ),
    )
    child.on('close', (code, by) =>
      code === 0 ? resolve() : reject(new Fault('image.build', `${DEBOOTSTRAP} ended with ${code ?? by}:\n${tail.join('\n')}`)),
    )
  })
  done.catch(() => child.stdout.destroy())
  return { tar: child.stdout, done }
}
