import { cpus } from 'node:os'

/** Milliseconds that all processors together have been there, and idle, since the machine started. */
export interface ProcessorTimes {
  readonly idle: number
  readonly all: number
}

export const processorTimes = (): ProcessorTimes =>
  cpus().reduce(
    ({ idle, all }, { times: { user, nice, sys, irq, idle: own } }) => ({ idle: idle + own, all: all + user + nice + sys + irq + own }),
    { idle: 0, all: 0 },
  )
