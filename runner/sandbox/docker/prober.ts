import { toArchive } from '../container/archive.ts'
import { unpackThen } from '../container/program.ts'
import type { Abortable } from '../contract.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { connectProber, type Prober } from '../prober/probe-client.ts'
import { proberFiles } from '../prober/program-files.ts'
import { overAttach } from './attach.ts'
import type { ContainerSpec } from './container.ts'
import type { Launch } from './started.ts'

const LIMITS = { ...DEFAULT_LIMITS, memoryMiB: 256, cpus: 2, openFiles: 8192 }

/** Starts the prober on the sandbox's network and speaks to it over its attached stdin and stdout. */
export const startProber = async (
  launch: Launch,
  base: Pick<ContainerSpec, 'owner' | 'image' | 'network' | 'runtime'>,
  o: Abortable = {},
): Promise<Prober> => {
  const archive = await toArchive(await proberFiles())
  const command = unpackThen(archive.length, ['node', 'main.js'])
  const { attached } = await launch(
    { ...base, role: 'prober', command, limits: LIMITS, work: 'own', stdin: true, logs: 'none' },
    { part: 'prober', output: true, input: archive, keepOpen: true },
  )
  return connectProber(overAttach(attached), o)
}
