import { run, thisMachine } from '../engine/install.ts'
import { planPackages } from '../engine/install-plan.ts'
import type { Environment } from '../environment.ts'
import { progress, say } from './terminal.ts'

const WITHIN_MS = 15 * 60_000

export interface InstallingPackages {
  readonly environment: Environment
  /** What for and how long it takes, for the person who waits. */
  readonly says: string
  readonly signal: AbortSignal
}

/**
 * Installs the packages of those of these programs that this machine lacks, where it can: Debian or one made from it, as root. What did not
 * work is said and no error: whoever needs the program looks for it again and knows what is missing without it.
 */
export const installPackages = async (
  wanted: readonly (readonly [program: string, packageName: string])[],
  { environment, says, signal }: InstallingPackages,
): Promise<void> => {
  const plan = planPackages(thisMachine(environment), wanted)
  if (plan.length === 0) return
  using shown = progress(says)
  let lines = 0
  for (const command of plan) {
    // How many lines apt-get will print is not known: each brings the bar nearer to its end and none brings it there.
    const line = (text: string) => shown.update(1 - 1 / (1 + ++lines / 100), text)
    const failed = await run(command, { line, signal, withinMs: WITHIN_MS })
    if (failed !== undefined) say(failed)
  }
}
