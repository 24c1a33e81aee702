import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { LearnerEnv } from './learner.ts'
import { Refusal } from './refusal.ts'

export interface RateLimits {
  /** Submissions a minute. */
  readonly submissionsPerLearner: number
  readonly submissionsPerAddress: number
  /** Any request to the API, a minute. */
  readonly requestsPerAddress: number
  /** Submissions of one learner without a verdict. */
  readonly waitingPerLearner: number
  /** Event streams open at the same time. */
  readonly streamsPerLearner: number
  readonly streamsPerAddress: number
}

/** A whole class behind one address is expected; one learner at a keyboard is. */
export const RATE_LIMITS: RateLimits = {
  submissionsPerLearner: 60,
  submissionsPerAddress: 1200,
  requestsPerAddress: 6000,
  waitingPerLearner: 20,
  streamsPerLearner: 16,
  streamsPerAddress: 600,
}

export const rateLimits = (limits: RateLimits) => {
  const perMinute = (points: number) => new RateLimiterMemory({ points, duration: 60 })
  const requests = perMinute(limits.requestsPerAddress)
  const ofLearner = perMinute(limits.submissionsPerLearner)
  const ofAddress = perMinute(limits.submissionsPerAddress)
  const streamsOfLearner = atOnce(limits.streamsPerLearner)
  const streamsOfAddress = atOnce(limits.streamsPerAddress)
  return {
    request: createMiddleware(async (c, next) => {
      await consume(requests, addressOf(c), 'rate.address')
      await next()
    }),
    submission: createMiddleware<LearnerEnv>(async (c, next) => {
      await consume(ofAddress, addressOf(c), 'rate.address')
      await consume(ofLearner, c.get('learner'), 'rate.learner')
      await next()
    }),
    /** Counts an event stream as open; what it answers ends that. Throws `Refusal` when there are too many. */
    stream: (c: Context<LearnerEnv>): (() => void) => {
      const endOfAddress = streamsOfAddress.open(addressOf(c))
      try {
        const endOfLearner = streamsOfLearner.open(c.get('learner'))
        return () => {
          endOfAddress()
          endOfLearner()
        }
      } catch (refusal) {
        endOfAddress()
        throw refusal
      }
    },
  }
}

/** How many of something each key has open. */
const atOnce = (most: number) => {
  const open = new Map<string, number>()
  const change = (key: string, by: number): void => {
    const now = (open.get(key) ?? 0) + by
    if (now === 0) open.delete(key)
    else open.set(key, now)
  }
  return {
    open(key: string): () => void {
      if ((open.get(key) ?? 0) >= most) throw new Refusal('streams.too-many', { values: { allowed: most }, retryAfterSeconds: 10 })
      change(key, 1)
      return () => change(key, -1)
    },
  }
}

const consume = async (limiter: RateLimiterMemory, key: string, code: 'rate.address' | 'rate.learner'): Promise<void> => {
  try {
    await limiter.consume(key)
  } catch (thrown) {
    if (!(thrown instanceof RateLimiterRes)) throw thrown
    const seconds = Math.max(1, Math.ceil(thrown.msBeforeNext / 1000))
    throw new Refusal(code, { values: { seconds }, retryAfterSeconds: seconds })
  }
}

/** The peer of the connection; `unknown` where the app is called without one, as tests do. */
const addressOf = (c: Context): string => {
  try {
    return getConnInfo(c).remote.address ?? 'unknown'
  } catch {
    return 'unknown'
  }
}
