import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { readEnvironment } from '../../runner/environment.ts'
import type { Power } from '../../runner/sandbox/contract.ts'
import { claimsFolder } from '../../runner/sandbox/local/claims.ts'
import { localDriver } from '../../runner/sandbox/local/driver.ts'
import { describeDriver } from './driver.ts'

const WALLED: Partial<Record<Power, string>> = {
  'memory-limit': 'processes have no memory limit without control groups',
  'pids-limit': 'the limit holds, but running into it is not reported',
  'disk-limit': 'the working directory has no size of its own',
  build: 'there is no builder without an engine',
  isolate: 'services of a sandbox share one network',
  degrade: 'services of a sandbox share one network',
  pause: 'processes have no freezer without control groups',
  restart: 'there is no container to start again',
  clock: 'the machine need not have a library for it',
  fill: 'there are no limits to fill',
  inside: 'there is no container to enter',
  walls: 'processes of the machine have the walls of the sandbox and none of their own',
  'own-ports': 'services of a sandbox share one network',
}
const PLAIN: Partial<Record<Power, string>> = {
  ...WALLED,
  network: 'plain processes use the network and the names of the machine',
  signal: 'a plain process is not PID 1',
  'private-files': 'plain processes see the files of the machine',
}

const environment = readEnvironment()
for (const walls of ['best', 'plain'] as const) {
  const driver = await localDriver({ environment, walls })
  const name = driver.isolation === 'namespaces' ? 'local (bubblewrap)' : 'local (plain)'
  const probed = await driver.probe()
  if (!probed.ready) describe.skip(`the ${name} driver`, () => it(`needs more than this machine has: ${probed.because}`))
  else if (walls === 'best' && driver.isolation === 'none')
    describe.skip('the local (bubblewrap) driver', () => it('needs bubblewrap, which does not work here'))
  else describeDriver(name, () => ({ driver, left }), { gaps: driver.isolation === 'namespaces' ? WALLED : PLAIN })
}

/** Folders of sandboxes that this process owns, read from the disk. */
const left = async (): Promise<readonly string[]> => {
  const base = await claimsFolder()
  const names = await readdir(base)
  const owners = await Promise.all(names.map((name) => readFile(join(base, name, 'owner.json'), 'utf8').catch(() => '{}')))
  return names.filter((_, index) => (JSON.parse(owners[index] ?? '{}') as { pid?: number }).pid === process.pid)
}
