import type { Suite } from './suite.ts'

/** Every suite by its name, in the order of `all`; loaded when it is run. */
export const SUITES = {
  hello: async () => (await import('./hello.ts')).benchHello,
  burst32: async () => (await import('./burst.ts')).benchBurst,
  sustained16: async () => (await import('./sustained.ts')).benchSustained,
  cpu50: async () => (await import('./sustained.ts')).benchCpu,
  lab3: async () => (await import('./lab3.ts')).benchLab3,
  build: async () => (await import('./build.ts')).benchBuild,
  memory: async () => (await import('./memory.ts')).benchMemory,
  idle: async () => (await import('./idle.ts')).benchIdle,
  crowd: async () => (await import('./crowd.ts')).benchCrowd,
  endless: async () => (await import('./endless.ts')).benchEndless,
  class: async () => (await import('./class.ts')).benchClassAtOnce,
  kubernetes: async () => (await import('./kubernetes.ts')).benchKubernetes,
  prober: async () => (await import('./prober.ts')).benchProber,
} as const satisfies Readonly<Record<string, () => Promise<Suite>>>
