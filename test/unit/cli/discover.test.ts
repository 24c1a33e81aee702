import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { discoverEngine } from '../../../runner/engine/discover.ts'
import { readEnvironment } from '../../../runner/environment.ts'

let home: string
const servers: Server[] = []

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hatoba-discover-'))
})
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done))
  await rm(home, { recursive: true })
})

const DOCKER = { Version: '20.10.24+dfsg1', ApiVersion: '1.41', Os: 'linux', Components: [{ Name: 'Engine' }] }

const listen = (path: string, answer: object): Promise<void> =>
  new Promise((resolve) => {
    const server = createServer((_, response) => response.end(JSON.stringify(answer)))
    servers.push(server)
    server.listen(path, resolve)
  })

/** An environment in which only what the test names is there. */
const named = (variables: Record<string, string>) => readEnvironment({ HOME: home, ...variables })

const writeContext = async (name: string, host: string): Promise<void> => {
  const folder = join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }))
  await writeFile(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }))
}

describe('finding an engine', () => {
  it('takes what DOCKER_HOST names', async () => {
    const socket = join(home, 'engine.sock')
    await listen(socket, DOCKER)
    expect(await discoverEngine(named({ DOCKER_HOST: `unix://${socket}` }))).toEqual({
      engine: {
        endpoint: { kind: 'socket', path: socket },
        source: `DOCKER_HOST=unix://${socket}`,
        product: 'docker',
        version: '20.10.24+dfsg1',
      },
      refused: [],
    })
  })

  it('takes what the chosen docker context names', async () => {
    const socket = join(home, 'context.sock')
    await listen(socket, { ...DOCKER, Components: [{ Name: 'Podman Engine' }] })
    await writeContext('far', `unix://${socket}`)
    expect((await discoverEngine(named({}))).engine).toMatchObject({ source: 'docker context far', product: 'podman' })
  })

  it('looks nowhere else when the engine that the person named does not answer', async () => {
    await writeContext('gone', `unix://${home}/gone.sock`)
    expect(await discoverEngine(named({}))).toEqual({
      refused: [{ source: 'docker context gone', because: 'there is no such socket', named: true }],
    })
    expect(await discoverEngine(named({ DOCKER_HOST: 'tcp://127.0.0.1:1' }))).toEqual({
      refused: [{ source: 'DOCKER_HOST=tcp://127.0.0.1:1', because: 'nothing listens there', named: true }],
    })
  })

  it.each([
    [{ ...DOCKER, ApiVersion: '1.40' }, 'it speaks API 1.40; Hatoba needs 1.41 (Docker Engine 20.10) or newer'],
    [{ ...DOCKER, Os: 'windows' }, 'it runs windows containers; the labs need Linux ones'],
    [{ hello: 'world' }, 'what answers there is not a container engine'],
  ])('says why an engine does not apply: %#', async (answer, because) => {
    const socket = join(home, 'odd.sock')
    await listen(socket, answer)
    expect((await discoverEngine(named({ DOCKER_HOST: `unix://${socket}` }))).refused).toMatchObject([{ because }])
  })

  it('says that an engine behind ssh is not supported', async () => {
    expect((await discoverEngine(named({ DOCKER_HOST: 'ssh://someone@far' }))).refused).toMatchObject([
      { because: 'engines behind ssh:// are not supported; use its unix socket or tcp://' },
    ])
  })
})
