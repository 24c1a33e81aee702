import type { Power } from './contract.ts'

/** Every power, and what an engine that has it can do, as the end of "it can". */
export const POWERS: Readonly<Record<Power, string>> = {
  network: 'give a sandbox a network of its own, with names',
  'own-ports': 'let two services listen on one port number',
  signal: 'send signals to a service that is PID 1',
  'memory-limit': 'bound memory and tell who reached the bound',
  'pids-limit': 'bound processes and tell who reached the bound',
  'disk-limit': 'bound files and tell who reached the bound',
  'private-files': 'hide one sandbox’s files from another',
  build: 'build a Dockerfile',
  isolate: 'cut the line between two services',
  degrade: 'make a line slow or lossy',
  pause: 'stop a service where it stands',
  restart: 'start the same container again',
  clock: 'put one service at another time',
  fill: 'leave no room on a disk or in memory',
  inside: 'run a program inside a service',
  walls: 'give a service walls of the learner’s own',
}

/** The powers that a list of reasons is about. */
export const toPowers = (reasons: Readonly<Partial<Record<Power, string>>>): readonly Power[] => Object.keys(reasons) as Power[]
