import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { readEnvironment } from '../../runner/environment.ts'
import { claimsFolder } from '../../runner/sandbox/local/claims.ts'
import { localDriver } from '../../runner/sandbox/local/driver.ts'
import { PLAIN_GAPS, WALLED_GAPS } from '../../runner/sandbox/local/gaps.ts'
import { describeDriver } from './driver.ts'

const environment = readEnvironment()
for (const walls of ['best', 'plain'] as const) {
  const driver = await localDriver({ environment, walls })
  const name = driver.isolation === 'namespaces' ? 'local (bubblewrap)' : 'local (plain)'
  const probed = await driver.probe()
  if (!probed.ready) describe.skip(`the ${name} driver`, () => it(`needs more than this machine has: ${probed.because}`))
  else if (walls === 'best' && driver.isolation === 'none')
    describe.skip('the local (bubblewrap) driver', () => it('needs bubblewrap, which does not work here'))
  else describeDriver(name, () => ({ driver, left }), { gaps: driver.isolation === 'namespaces' ? WALLED_GAPS : PLAIN_GAPS })
}

/** Folders of sandboxes that this process owns, read from the disk. */
const left = async (): Promise<readonly string[]> => {
  const base = await claimsFolder()
  const names = await readdir(base)
  const owners = await Promise.all(names.map((name) => readFile(join(base, name, 'owner.json'), 'utf8').catch(() => '{}')))
  return names.filter((_, index) => (JSON.parse(owners[index] ?? '{}') as { pid?: number }).pid === process.pid)
}
