import { readFile } from 'node:fs/promises'
import type { FileMap } from '../contract.ts'

/** The prober's own files: nothing else is needed to run it. */
const FILES = ['arrivals.ts', 'balancer.ts', 'clock.ts', 'jar.ts', 'main.ts', 'port.ts', 'request.ts', 'traffic.ts', 'visitors.ts'] as const

/** Where the prober begins when it runs as a plain process on this machine. */
export const PROBER_ENTRY = new URL('program/main.ts', import.meta.url)

let read: Promise<FileMap> | undefined

/** The prober as files to deliver into a container; `main.ts` is where it begins. Read once. */
export const proberFiles = (): Promise<FileMap> => {
  read ??= Promise.all(FILES.map(async (name) => [name, await readFile(new URL(`program/${name}`, import.meta.url))] as const)).then(
    (files) => ({ ...Object.fromEntries(files), 'package.json': '{"type":"module"}' }),
  )
  return read
}
