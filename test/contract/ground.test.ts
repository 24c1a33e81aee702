import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SandboxSpec, Service, ServiceSpec } from '../../runner/sandbox/contract.ts'
import { DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { pooledDocker } from '../../runner/sandbox/docker/pooled.ts'
import { engine, IMAGES_MS, imageWithAgent, whyNot } from './engine.ts'
import { leftIn } from './left.ts'

const because = await whyNot('networks that are kept for the next sandbox')
const instance = `ground-${process.pid}`
const spec: SandboxSpec = { image: 'node', network: 'internal', powers: ['isolate', 'inside'], submission: 'any', deadlineSeconds: 300 }

/** Ends each connection itself, so that the kernel keeps it for a minute, and does not ask to have its port in spite of that. */
const SERVER = `
import socket
server = socket.socket()
server.bind(('', 8080))
server.listen()
while True:
    connection, _ = server.accept()
    connection.recv(1024)
    connection.sendall(b'HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\nconnection: close\\r\\n\\r\\nok')
    connection.close()
`
const server = (name: string): ServiceSpec => ({ name, command: ['python3', '-c', SERVER], ready: { port: 8080, withinSeconds: 30 } })
const finds = async (service: Service, name: string): Promise<boolean> =>
  (await service.inside(['python3', '-c', `import socket; socket.gethostbyname('${name}')`]))?.code === 0

describe.skipIf(because !== undefined)('a network that is kept for the next sandbox', () => {
  const pooled = pooledDocker({ host: DEFAULT_HOST, instance, mostSlots: 0, mostHosts: 0, mostPods: 0 })
  const ofInstance = { filters: { label: [`hatoba=${instance}`] } }
  const networks = async () => (await engine.docker.listNetworks(ofInstance)).map(({ Name }) => Name).toSorted()
  /** Who has an address on one of the networks. */
  const addresses = async (network: string) =>
    Object.keys((await engine.docker.getNetwork(network).inspect()).Containers as Record<string, unknown>).length
  const open = () => pooled.open(spec)
  type Opened = Awaited<ReturnType<typeof open>>
  const statuses = async (sandbox: Opened, name: string, requests = 3) => {
    await using traffic = await sandbox.traffic({
      targets: [{ name, port: 8080 }],
      request: { path: '/' },
      arrivals: { kind: 'closed', clients: 1 },
      connections: 'fresh',
      requests,
      seconds: 20,
      timeoutMs: 2000,
    })
    await traffic.reached({ answered: requests })
    return (await traffic.end()).requests.map(({ status }) => status)
  }

  beforeAll(async () => void (await imageWithAgent()), IMAGES_MS)
  afterAll(async () => {
    await pooled[Symbol.asyncDispose]()
    if (because === undefined) expect(await leftIn(engine.docker, instance)).toEqual([])
  })

  it('has no name, no connection and no disturbance of the one before', { timeout: 120_000 }, async () => {
    // Whoever is alone gets a network that goes with them.
    await using _beside = await open()
    const [own] = await networks()
    const before = await open()
    const [web] = await Promise.all([before.start(server('web')), before.start(server('shop'))])
    expect(await statuses(before, 'web')).toEqual([200, 200, 200])
    expect(await statuses(before, 'shop')).toEqual([200, 200, 200])
    await web.isolate('shop')
    await web.isolate('prober')
    expect(await statuses(before, 'web', 1)).toEqual([undefined])
    const both = await networks()
    const kept = both.find((name) => name !== own) as string
    await before[Symbol.asyncDispose]()
    // The prober's place.
    expect(await addresses(kept)).toBe(1)

    await using after = await open()
    expect(await networks()).toEqual(both)
    const again = await Promise.all([after.start(server('web')), after.start(server('desk'))])
    expect(again.map(({ readiness }) => readiness.ready)).toEqual([true, true])
    expect(await statuses(after, 'web')).toEqual([200, 200, 200])
    expect(await statuses(after, 'desk')).toEqual([200, 200, 200])
    expect(await finds(again[0], 'desk')).toBe(true)
    expect(await finds(again[0], 'shop')).toBe(false)
    expect(await networks()).toEqual(both)
  })

  it('gives a service that is started again all its ports, and takes its name while it is not there', { timeout: 60_000 }, async () => {
    await using _beside = await open()
    await using sandbox = await open()
    const [web, desk] = await Promise.all([sandbox.start(server('web')), sandbox.start(server('desk'))])
    expect(await statuses(sandbox, 'web')).toEqual([200, 200, 200])
    expect(await finds(desk, 'web')).toBe(true)
    await web.signal('SIGKILL')
    await web.exited()
    expect(await finds(desk, 'web')).toBe(false)
    expect(await web.restart({ graceSeconds: 0 })).toMatchObject({ ready: true })
    expect(await finds(desk, 'web')).toBe(true)
    expect(await statuses(sandbox, 'web')).toEqual([200, 200, 200])
  })
})

describe.skipIf(because !== undefined)('a pod in waiting', () => {
  const ofPods = `pods-${process.pid}`
  const pooled = pooledDocker({ host: DEFAULT_HOST, instance: ofPods, mostSlots: 0, mostHosts: 0, mostPods: 2 })
  const waiting = async () =>
    (await engine.docker.listContainers({ filters: { label: [`hatoba=${ofPods}`, 'hatoba.role=service'] } })).map(({ Id }) => Id).toSorted()

  beforeAll(async () => void (await imageWithAgent()), IMAGES_MS)
  afterAll(async () => {
    await pooled[Symbol.asyncDispose]()
    if (because === undefined) expect(await leftIn(engine.docker, ofPods)).toEqual([])
  })

  it('has no name that is found before its service is started, with a pod or without', { timeout: 120_000 }, async () => {
    const found = async () => {
      await using sandbox = await pooled.open({ ...spec, kind: 'two' })
      const web = await sandbox.start(server('web'))
      const before = await finds(web, 'desk')
      const desk = await sandbox.start(server('desk'))
      return { before, after: await finds(web, 'desk'), back: await finds(desk, 'web'), used: await waiting() }
    }
    const { used: _first, ...cold } = await found()
    expect(cold).toEqual({ before: false, after: true, back: true })
    // Only now it is known what the next one will start.
    expect(await found()).toMatchObject(cold)
    const inPod = async () => {
      await expect.poll(waiting, { timeout: 30_000 }).toHaveLength(2)
      const ready = await waiting()
      const { used, ...seen } = await found()
      return { ...seen, inPod: isDeepStrictEqual(used, ready) }
    }
    // With the containers there, a pod still needs a moment to be ready.
    await expect.poll(inPod, { timeout: 90_000 }).toEqual({ ...cold, inPod: true })
  })
})
