/**
 * The prober: sends requests from inside a sandbox's network and records what came of each. One JSON order per line on
 * stdin, JSON answers on stdout. Runs from these files alone, without packages, in any Node that the runner itself runs in.
 */
import { createInterface } from 'node:readline'
import type { Order } from '../protocol.ts'
import { now } from './clock.ts'
import { waitForPort } from './port.ts'
import { type Running, run } from './traffic.ts'

const RECORDS_PER_LINE = 200

const traffics = new Map<number, Running>()
const calls = new Map<number, AbortController>()

const answer = (call: number, fields: object): void => {
  process.stdout.write(`${JSON.stringify({ call, ...fields })}\n`)
}

const trafficOf = (number: number): Running => {
  const running = traffics.get(number)
  if (!running) throw new Error(`no traffic ${number}`)
  return running
}

const obey = async (order: Order, signal: AbortSignal): Promise<object | undefined> => {
  switch (order.do) {
    case 'ping':
      return { at: now() }
    case 'port': {
      const open = await waitForPort(order.host, order.port, order.withinMs, signal)
      return { at: now(), open }
    }
    case 'cancel':
      calls.get(order.of)?.abort()
      return undefined
    case 'traffic': {
      const running = run(order.plan)
      traffics.set(order.traffic, running)
      return { at: running.startedAt }
    }
    case 'reached':
      await trafficOf(order.traffic).reached(order, signal)
      return { at: now() }
    case 'withdraw':
    case 'restore':
      trafficOf(order.traffic)[order.do](order.target)
      return { at: now() }
    case 'end': {
      const running = trafficOf(order.traffic)
      const records = await running.end()
      traffics.delete(order.traffic)
      for (let from = 0; from < records.length; from += RECORDS_PER_LINE) {
        answer(order.call, { records: records.slice(from, from + RECORDS_PER_LINE) })
      }
      return { startedAt: running.startedAt, endedAt: now(), changes: running.changes }
    }
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const order = JSON.parse(line) as Order
    const cancel = new AbortController()
    calls.set(order.call, cancel)
    obey(order, cancel.signal)
      .then(
        (fields) => fields && answer(order.call, fields),
        (error: unknown) => answer(order.call, { failed: String(error) }),
      )
      .finally(() => calls.delete(order.call))
  })
  .on('close', () => process.exit(0))
