import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { RequestRecord, Timeline, TrafficPlan } from '../sandbox/contract.ts'
import { dockerDriver } from '../sandbox/docker/driver.ts'
import { connectProber } from '../sandbox/prober/probe-client.ts'
import { calm } from './calm.ts'
import { proveIsolation } from './isolation.ts'
import { costRow, machine, quantile, rateRow } from './report.ts'
import type { Suite } from './suite.ts'

const PER_SECOND = 500
/** Of each kind, for every measurement asked for. */
const REQUESTS_EACH = 250
const MOST_REQUESTS = 10_000
const PORT = 8080
const SERVER = `require('node:http').createServer((request, response) => response.end('ok')).listen(${PORT})`

/** Open-loop traffic at 500 requests a second: how far from its time each request is sent, in a sandbox and without one. */
export const benchProber: Suite = async ({ n, learner, host, onRound, signal }) => {
  const requests = Math.min(MOST_REQUESTS, n * REQUESTS_EACH)
  const plan: Omit<TrafficPlan, 'targets'> = {
    request: { path: '/' },
    arrivals: { kind: 'open', perSecond: PER_SECOND },
    connections: 'keep-alive',
    requests,
    seconds: (requests / PER_SECOND) * 2,
    timeoutMs: 2000,
  }
  await calm()
  const ours = await inSandbox(host, plan, requests, signal)
  onRound(0.5)
  await calm()
  const plain = await withoutSandbox(plan, requests, signal)
  onRound(1)
  const late = ({ requests }: Timeline, share: number) =>
    quantile(
      requests.map(({ startedAt, scheduledAt }) => Math.abs(startedAt - scheduledAt)),
      share,
    )
  const good = ({ requests }: Timeline) => requests.filter(({ status }: RequestRecord) => status === 200).length
  const rate = ({ requests, startedAt }: Timeline) => (requests.length / ((requests.at(-1)?.startedAt ?? startedAt) - startedAt)) * 1000
  return {
    suite: 'prober',
    n: ours.requests.length,
    machine: machine(),
    rows: [
      costRow(`how late a request is sent, p99 of ${ours.requests.length}`, 'ms', late(ours, 0.99), late(plain, 0.99), { upTo: 5 }),
      costRow('how late a request is sent, p50', 'ms', late(ours, 0.5), late(plain, 0.5)),
      rateRow('requests sent a second, of 500 planned', rate(ours), rate(plain), { atLeast: 0.99 }),
      rateRow(`answers recorded, of ${requests} planned`, good(ours), good(plain), { atLeast: 1 }),
    ],
    wrongVerdicts: 0,
    isolation: await proveIsolation(learner),
  }
}

const inSandbox = async (host: string, plan: Omit<TrafficPlan, 'targets'>, requests: number, signal: AbortSignal): Promise<Timeline> => {
  const driver = dockerDriver({ host, instance: `bench-${process.pid}` })
  await using sandbox = await driver.open({ submission: 'bench', deadlineSeconds: 300, image: 'node', network: 'internal' }, { signal })
  await sandbox.start({ name: 'web', command: ['node', '-e', SERVER], ready: { port: PORT, withinSeconds: 20 } }, { signal })
  await using traffic = await sandbox.traffic({ ...plan, targets: [{ name: 'web', port: PORT }] }, { signal })
  await traffic.reached({ answered: requests }, { signal })
  return await traffic.end({ signal })
}

const withoutSandbox = async (plan: Omit<TrafficPlan, 'targets'>, requests: number, signal: AbortSignal): Promise<Timeline> => {
  const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const main = fileURLToPath(new URL('../sandbox/prober/program/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'ignore'] })
  try {
    using prober = await connectProber(Duplex.from({ readable: child.stdout, writable: child.stdin }), { signal })
    const target = { name: 'web', port }
    await using traffic = await prober.traffic({ ...plan, targets: [target] }, () => ({ host: '127.0.0.1', port }), { signal })
    await traffic.reached({ answered: requests }, { signal })
    return await traffic.end({ signal })
  } finally {
    child.kill('SIGKILL')
    server.close()
    server.closeAllConnections()
  }
}
