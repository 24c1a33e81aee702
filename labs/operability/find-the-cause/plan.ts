/**
 * All that decides a verdict, in milliseconds of plan at pace 1. A well basket is far below the limit and an ill one above it by what is
 * planned, on any machine: timers, lines and lines of waiting are never quicker than this. What a busy machine adds counts for less where
 * everything takes longer, so it gets a slower pace.
 */
export const PLAN = {
  items: 5,
  connections: 10,
  /** For so long orders waits for a connection of its own. */
  connectionMs: 1000,
  /** At once in stock. */
  hands: 6,
  lookupMs: 160,
  slowLookupMs: 800,
  /** What is longer is worth a line in the log. */
  slowMs: 400,
} as const

/** Added to every round trip between orders and stock where the line is the matter. */
export const DELAY_MS = 700

/** The objective: a basket is answered with 200, and not later than this. */
export const LIMIT_MS = 600

export const BASKETS_PER_SECOND = 6
export const BASKETS = { before: 8, during: 18, after: 16, again: 8 } as const

/** More than stock can do, by more than half. It shows when so many wait at once: the last of them for longer than the objective allows. */
export const LOUD = { perSecond: 60, waiting: 40 } as const

/** So many times as long, where a machine is too busy for less. */
export const PACES = [1, 2, 4, 8] as const
/** A pace is slow enough where this part of the baskets needs at most half of what the objective allows. */
export const CALM = 0.75

/** Of the baskets at least this part goes wrong in every case, or the case is none. */
export const SICK = 0.4
/** Of the baskets after the first action at least this part must be well. */
export const RECOVERED = 2 / 3
/** A machine that stumbled is no answer; a system that is still ill is so every time, and at a pace this much slower too. */
export const TRIES = { most: 3, noneWell: 2, slower: 4 } as const

export const RELEASES = { before: 41, now: 42 } as const
