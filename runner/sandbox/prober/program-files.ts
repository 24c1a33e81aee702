import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import type { FileMap } from '../contract.ts'

/** The prober's own files: nothing else is needed to run it. */
const FILES = ['arrivals.ts', 'balancer.ts', 'clock.ts', 'jar.ts', 'main.ts', 'port.ts', 'request.ts', 'traffic.ts', 'visitors.ts'] as const

/** Where the prober begins when it runs as a plain process on this machine. */
export const PROBER_ENTRY = new URL('program/main.ts', import.meta.url)

let read: Promise<FileMap> | undefined

/**
 * The prober as files to deliver into a container; `main.js` is where it begins. Read once, and rid of their types here: Node would load a
 * compiler to do that at every start of a prober, which is two thirds of the processor time that such a start takes.
 */
export const proberFiles = (): Promise<FileMap> => {
  read ??= Promise.all(FILES.map(async (name) => [toJavaScript(name), await readProgram(name)] as const)).then((files) => ({
    ...Object.fromEntries(files),
    'package.json': '{"type":"module"}',
  }))
  return read
}

const readProgram = async (name: string): Promise<string> => {
  const program = stripTypeScriptTypes(await readFile(new URL(`program/${name}`, import.meta.url), 'utf8'))
  return program.replaceAll(/(?<=from ')\.\/[\w-]+\.ts(?=')/g, toJavaScript)
}

const toJavaScript = (name: string): string => name.replace(/\.ts$/, '.js')
