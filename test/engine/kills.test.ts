import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { withAgentReference } from '../../runner/images/agent/install.ts'
import { toReference } from '../../runner/sandbox/docker/driver.ts'
import { connectEngine, DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { leftIn } from '../contract/left.ts'
import { startPostgres } from '../contract/postgres.ts'
import { verdictOf } from '../unit/http/harbour.ts'
import { Crowd, type Spawned, spawnServer, type Work } from './spawned.ts'

const DOCKERD = '/usr/sbin/dockerd'
const CONTAINERD = '/usr/bin/containerd'
const KILLS = 20
const LEARNERS = 16
const WITHIN_MS = 600

const hello = (text: string, outcome: string): Work => ({
  lab: 'hello',
  files: { 'main.py': text },
  // Each attempt may meet a kill; what was killed in all of them ends as ours.
  outcomes: [outcome, 'faulted', 'incomplete'],
})
const WORKS = [
  hello("print('hello')\n", 'passed'),
  hello("import time\ntime.sleep(0.5)\nprint('hello')\n", 'passed'),
  hello("print('hello', end='')\n", 'failed'),
]

/** Where in its second the next kill falls: told, so that a run can be understood afterwards. */
const moments = Array.from({ length: KILLS }, () => Math.round(Math.random() * WITHIN_MS))

/** Waits for every verdict, and says how many there were of each kind. */
const settle = async (crowd: Crowd, { url }: Spawned): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {}
  for (const { id, learner, work } of crowd.accepted) {
    const outcome = String((await verdictOf(crowd.browser(url, learner), id))['outcome'])
    expect(work.outcomes).toContain(outcome)
    counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  console.log(`${crowd.accepted.length} accepted over ${KILLS} kills, at ${moments.join(' ')} ms: ${JSON.stringify(counts)}`)
  expect(crowd.accepted.length).toBeGreaterThan(KILLS)
  expect((counts['passed'] ?? 0) + (counts['failed'] ?? 0), 'most are graded all the same').toBeGreaterThan(crowd.accepted.length / 2)
  return counts
}

const folder = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await mkdtemp(join(tmpdir(), 'hatoba-kills-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

describe(`killed ${KILLS} times while ${LEARNERS} learners have their programs run`, () => {
  test('the server loses no submission and leaves no sandbox', async () => {
    await using data = await folder()
    const instance = `kills-${process.pid}`
    const crowd = new Crowd(LEARNERS, WORKS)
    for (const moment of moments) {
      const dying = await spawnServer(data.path, DEFAULT_HOST, instance)
      const killing = crowd
        .reached(crowd.accepted.length + 1)
        .then(() => delay(moment))
        .then(() => dying.kill())
      await crowd.send(dying.url, { most: 1 })
      await killing
    }
    const last = await spawnServer(data.path, DEFAULT_HOST, instance)
    await settle(crowd, last)
    expect(await last.stop()).toEqual([0, null])
    expect(await leftIn(connectEngine({ host: DEFAULT_HOST }).docker, instance)).toEqual([])
  })

  test('one of two servers leaves its work to the other, and no sandbox', async () => {
    await using database = await startPostgres()
    await using data = await folder()
    const instances = [`lives-${process.pid}`, `dies-${process.pid}`] as const
    const args = (instance: string): readonly string[] => [data.path, DEFAULT_HOST, instance, database.url]
    const living = await spawnServer(...args(instances[0]))
    const crowd = new Crowd(LEARNERS, WORKS)
    const over = new AbortController()
    const sending = crowd.send(living.url, { most: 1, signal: over.signal })
    for (const moment of moments) {
      const dying = await spawnServer(...args(instances[1]))
      await delay(moment)
      await dying.kill()
    }
    over.abort()
    await sending
    const again = await spawnServer(...args(instances[1]))
    await settle(crowd, living)
    expect(await again.stop()).toEqual([0, null])
    expect(await living.stop()).toEqual([0, null])
    const { docker } = connectEngine({ host: DEFAULT_HOST })
    expect([...(await leftIn(docker, instances[0])), ...(await leftIn(docker, instances[1]))]).toEqual([])
  })

  test.skipIf(!canRunEngine())('an engine that is killed takes no submission with it, and keeps no sandbox', async () => {
    await using place = await folder()
    await using engine = await ownEngine(place.path)
    await using data = await folder()
    const instance = `engine-${process.pid}`
    const server = await spawnServer(data.path, engine.host, instance)
    const crowd = new Crowd(LEARNERS, WORKS)
    const over = new AbortController()
    const sending = crowd.send(server.url, { most: 1, signal: over.signal })
    for (const moment of moments) {
      await crowd.reached(crowd.accepted.length + 1)
      await delay(moment)
      await engine.killAndStart()
    }
    over.abort()
    await sending
    await settle(crowd, server)
    expect(await server.stop()).toEqual([0, null])
    expect(await leftIn(connectEngine({ host: engine.host }).docker, instance)).toEqual([])
  })
})

/** A daemon can be started by root where its program is. */
function canRunEngine(): boolean {
  const can = process.getuid?.() === 0 && [DOCKERD, CONTAINERD].every((program) => existsSync(program))
  if (!can) console.warn(`skipped 1 test: an engine of the test’s own needs root, ${DOCKERD} and ${CONTAINERD}`)
  return can
}

/**
 * A daemon of our own, with its own sockets, stores, state and network, no bridge and no rules: the machine's is never touched. A daemon
 * without a bridge removes the one of that name that it finds, which would be the machine's.
 */
const ownEngine = async (place: string) => {
  const at = (name: string): string => join(place, name)
  const host = `unix://${at('engine.sock')}`
  await writeFile(at('daemon.json'), '{}')
  await writeFile(
    at('containerd.toml'),
    [
      'version = 2',
      `root = "${at('containers')}"`,
      `state = "${at('state')}"`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
      `grpc = { address = "${at('containerd.sock')}" }`,
    ].join('\n'),
  )
  const containerd = spawn('unshare', ['--net', CONTAINERD, '--config', at('containerd.toml')], { stdio: 'ignore' })
  while (!existsSync(at('containerd.sock'))) await delay(20)
  const start = async (): Promise<ChildProcess> => {
    const places = ['--containerd', at('containerd.sock'), '--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid')]
    const walls = ['--bridge', 'none', '--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false']
    const options = ['--host', host, '--config-file', at('daemon.json'), ...places, ...walls]
    const child = spawn('nsenter', [`--net=/proc/${containerd.pid}/ns/net`, DOCKERD, ...options], { stdio: 'ignore' })
    const { docker } = connectEngine({ host })
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the test's dockerd ended with ${child.exitCode}`)
      if (await docker.ping().catch(() => false)) return child
      await delay(20)
    }
  }
  const end = async (child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM') => {
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  let daemon = await start()
  const images = [toReference('node'), await withAgentReference(toReference('node'))]
  for (const image of images)
    await connectEngine({ host }).docker.loadImage(await connectEngine({ host: DEFAULT_HOST }).docker.getImage(image).get())
  return {
    host,
    async killAndStart() {
      await end(daemon, 'SIGKILL')
      daemon = await start()
    },
    async [Symbol.asyncDispose]() {
      await end(daemon, 'SIGTERM')
      await end(containerd, 'SIGTERM')
      // A daemon that is killed leaves its mounts.
      const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '')
      for (const mount of mounts.filter((path) => path.startsWith(place)).reverse()) execFileSync('umount', ['--lazy', mount])
    },
  }
}
