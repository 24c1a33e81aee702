import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readEnvironment } from '../../runner/environment.ts'
import { claimsFolder } from '../../runner/sandbox/local/claims.ts'
import { localDriver } from '../../runner/sandbox/local/driver.ts'
import { PLAIN_GAPS, WALLED_GAPS } from '../../runner/sandbox/local/gaps.ts'
import { describeDriver } from './driver.ts'

const environment = readEnvironment()
for (const walls of ['best', 'plain'] as const) {
  const driver = await localDriver({ environment, walls })
  const name = walls === 'best' ? 'local (bubblewrap)' : 'local (plain)'
  const probed = await driver.probe()
  const because = !probed.ready
    ? probed.because
    : walls === 'best' && driver.isolation === 'none'
      ? 'bubblewrap does not work here'
      : undefined
  if (because !== undefined) console.log(`skipped: the ${name} driver, because ${because}`)
  describeDriver(name, async () => ({ driver, left }), { gaps: walls === 'best' ? WALLED_GAPS : PLAIN_GAPS, because })
}

/** Folders of sandboxes that this process owns, read from the disk. */
const left = async (): Promise<readonly string[]> => {
  const base = await claimsFolder()
  const names = await readdir(base)
  const owners = await Promise.all(names.map((name) => readFile(join(base, name, 'owner.json'), 'utf8').catch(() => '{}')))
  return names.filter((_, index) => (JSON.parse(owners[index] ?? '{}') as { pid?: number }).pid === process.pid)
}
