import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Balancer, RotationChange } from '../../contract.ts'
import { now } from './clock.ts'
import { type Line, lookupOf } from './request.ts'

interface Place {
  readonly line: Line
  withdrawn: boolean
  healthy: boolean
  /** Answers of the same kind in a row. */
  row: number
  draining?: NodeJS.Timeout | undefined
}

/** Who gets requests: targets in turn, without those withdrawn and those that a health check found not ready. */
export interface Rotation {
  next(): Line | undefined
  readonly size: number
  readonly changes: readonly RotationChange[]
  withdraw(target: string): void
  restore(target: string): void
  close(): void
}

/** Without a balancer every target is in from the start; with one, as soon as it was found ready often enough. */
export const openRotation = (lines: readonly Line[], balancer: Balancer | undefined, onChange: () => void): Rotation => {
  const places = lines.map((line): Place => ({ line, withdrawn: false, healthy: balancer === undefined, row: 0 }))
  const changes: RotationChange[] = []
  const closed = new AbortController()
  let turn = 0
  const isIn = (place: Place) => place.healthy && !place.withdrawn

  const change = (place: Place, because: RotationChange['because'], apply: () => void) => {
    const before = isIn(place)
    apply()
    const after = isIn(place)
    if (before === after) return
    changes.push({ at: now(), target: place.line.target.name, now: after ? 'in' : 'out', because })
    clearTimeout(place.draining)
    if (!after && balancer?.drainSeconds !== undefined) place.draining = setTimeout(() => place.line.close(), balancer.drainSeconds * 1000)
    onChange()
  }
  const named = (name: string) => places.filter(({ line }) => line.target.name === name)

  const watch = async (place: Place, { health }: Balancer) => {
    while (!closed.signal.aborted) {
      const began = now()
      const ready = await isReady(place.line.target, health)
      if (closed.signal.aborted) return
      place.row = ready === place.healthy ? 0 : place.row + 1
      if (place.row >= (ready ? health.healthyAfter : health.unhealthyAfter)) {
        place.row = 0
        change(place, 'health', () => (place.healthy = ready))
      }
      await sleep(Math.max(health.everyMs - (now() - began), 0), undefined, { signal: closed.signal }).catch(() => {})
    }
  }
  if (balancer) for (const place of places) void watch(place, balancer)

  return {
    next() {
      for (let tried = 0; tried < places.length; tried += 1) {
        const place = places[turn % places.length]
        turn += 1
        if (place && isIn(place)) return place.line
      }
      return undefined
    },
    get size() {
      return places.filter(isIn).length
    },
    changes,
    withdraw: (target) => {
      for (const place of named(target)) change(place, 'withdrawn', () => (place.withdrawn = true))
    },
    restore: (target) => {
      for (const place of named(target)) change(place, 'restored', () => (place.withdrawn = false))
    },
    close() {
      closed.abort()
      for (const place of places) {
        clearTimeout(place.draining)
        place.line.close()
      }
    },
  }
}

/** One check on a connection of its own: ready is an answer from 200 to 399 in time. */
const isReady = ({ host, port }: Line['target'], { path, timeoutMs }: Balancer['health']): Promise<boolean> =>
  new Promise((resolve) => {
    const request = http.get({ host, port, path, agent: false, ...lookupOf(host) }, (response) => {
      response.resume()
      answer((response.statusCode ?? 500) < 400)
    })
    const timer = setTimeout(() => answer(false), timeoutMs)
    const answer = (ready: boolean) => {
      clearTimeout(timer)
      request.destroy()
      resolve(ready)
    }
    request.on('error', () => answer(false))
  })
