import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dockerDriver } from '../../../runner/sandbox/docker/driver.ts'
import { connectEngine } from '../../../runner/sandbox/docker/engine.ts'

const spec = { submission: 's', deadlineSeconds: 10, image: 'node', network: 'none' } as const

/** A listener on a socket of its own where an engine would be. */
const listening = async (answer: RequestListener) => {
  const folder = await mkdtemp(join(tmpdir(), 'hatoba-engine-'))
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve))
  return {
    host: `unix://${join(folder, 's')}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}

describe('an engine', () => {
  it('that is not there is unavailable, and says so when probed', async () => {
    const driver = dockerDriver({ host: 'unix:///nonexistent/engine.sock', instance: 'unit' })
    expect(await driver.probe()).toMatchObject({ ready: false, because: expect.stringContaining('could not be reached') })
    await expect(driver.open(spec)).rejects.toMatchObject({ code: 'engine.unavailable' })
    await expect(driver.sweep(new Date())).rejects.toMatchObject({ code: 'engine.unavailable' })
  })

  it('that hangs is timed out', async () => {
    await using silent = await listening(() => {})
    const engine = connectEngine({ host: silent.host })
    await expect(engine.call('answer', (docker) => docker.version(), { seconds: 0.1 })).rejects.toMatchObject({
      code: 'engine.timeout',
      message: 'The engine did not answer within 0.1 s.',
    })
  })

  it('without our image says which one is missing', async () => {
    await using bare = await listening((_, response) => {
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ message: 'No such image: hatoba/node:x' }))
    })
    await expect(dockerDriver({ host: bare.host, instance: 'unit' }).open(spec)).rejects.toMatchObject({ code: 'image.missing' })
  })

  it('that answers with garbage or an error has failed', async () => {
    await using odd = await listening((_, response) => response.writeHead(500).end('<html>'))
    await expect(dockerDriver({ host: odd.host, instance: 'unit' }).open(spec)).rejects.toMatchObject({ code: 'engine.failed' })
  })
})
