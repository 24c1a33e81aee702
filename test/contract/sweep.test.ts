import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { beforeAll, describe, expect, it } from 'vitest'
import { ensureImages } from '../../runner/images/ensure.ts'
import { dockerDriver } from '../../runner/sandbox/docker/driver.ts'
import { DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { engine, IMAGES_MS, whyNot } from './engine.ts'
import { leftIn } from './left.ts'

const driver = dockerDriver({ host: DEFAULT_HOST, instance: `sweep-${process.pid}` })
const because = await whyNot('the sweep of other instances')

const DRIVER = new URL('../../runner/sandbox/docker/driver.ts', import.meta.url).href

/** Another process that holds a sandbox of an instance of its own until it is killed. */
const startHolder = async (instance: string, deadlineSeconds: number) => {
  const program = `
    const { dockerDriver } = await import('${DRIVER}')
    const sandbox = await dockerDriver({ host: '${DEFAULT_HOST}', instance: '${instance}' })
      .open({ submission: 's', deadlineSeconds: ${deadlineSeconds}, image: 'node', network: 'internal' })
    await sandbox.start({ name: 'web', command: ['sleep', '600'] })
    console.log('holding')
    setInterval(() => {}, 1000)
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

describe.skipIf(because !== undefined)('the sweep', () => {
  beforeAll(async () => void (await ensureImages(engine, ['node'])), IMAGES_MS)

  it('removes what a killed process left, and nothing of one that lives, though its deadline has passed', async () => {
    const [dead, alive] = [`sweep-${process.pid}-dead`, `sweep-${process.pid}-alive`]
    const killed = await startHolder(dead, 600)
    const living = await startHolder(alive, 1)
    const held = await leftIn(engine.docker, alive)
    expect(held.length).toBeGreaterThan(1)
    await driver.sweep(new Date(0))
    expect((await leftIn(engine.docker, dead)).length).toBeGreaterThan(1)

    killed.kill('SIGKILL')
    await once(killed, 'exit')
    await driver.sweep(new Date(0))
    expect(await leftIn(engine.docker, dead)).toEqual([])
    expect(await leftIn(engine.docker, alive)).toEqual(held)

    living.kill('SIGKILL')
    await once(living, 'exit')
    await driver.sweep(new Date(0))
    expect(await leftIn(engine.docker, alive)).toEqual([])
  })
})
