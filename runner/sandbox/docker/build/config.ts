import { z } from 'zod'
import type { ImageConfig, ImageLayer } from '../../contract.ts'

const strings = z.array(z.string()).nullish()
const NANOSECONDS = 1e9

/** An image's config as builders write it; only what is used. */
const schema = z.object({
  created: z.string().optional(),
  config: z
    .object({
      User: z.string().nullish(),
      Env: strings,
      Entrypoint: strings,
      Cmd: strings,
      WorkingDir: z.string().nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
      Volumes: z.record(z.string(), z.unknown()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
      StopSignal: z.string().nullish(),
      Healthcheck: z
        .object({
          Test: strings,
          Interval: z.number().optional(),
          Timeout: z.number().optional(),
          StartPeriod: z.number().optional(),
          Retries: z.number().optional(),
        })
        .nullish(),
    })
    .prefault({}),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
  history: z
    .array(z.object({ created: z.string().optional(), created_by: z.string().optional(), empty_layer: z.boolean().optional() }))
    .default([]),
})

export type RawConfig = z.infer<typeof schema>

export const parseConfig = (json: string): RawConfig => schema.parse(JSON.parse(json))

/** The labels of ours that a lab image carries are not the learner's. */
const isOurs = (label: string): boolean => label.startsWith('hatoba')

export const toConfig = ({ config }: RawConfig): ImageConfig => {
  const seconds = (value: number | undefined) => (value === undefined || value === 0 ? undefined : value / NANOSECONDS)
  const check = config.Healthcheck
  return {
    user: config.User ?? '',
    env: Object.fromEntries((config.Env ?? []).map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)])),
    entrypoint: config.Entrypoint ?? [],
    cmd: config.Cmd ?? [],
    workingDir: config.WorkingDir || '/',
    ports: Object.keys(config.ExposedPorts ?? {}).sort(),
    volumes: Object.keys(config.Volumes ?? {}).sort(),
    labels: Object.fromEntries(Object.entries(config.Labels ?? {}).filter(([label]) => !isOurs(label))),
    stopSignal: config.StopSignal ?? undefined,
    healthcheck: check?.Test?.length
      ? {
          test: check.Test,
          intervalSeconds: seconds(check.Interval),
          timeoutSeconds: seconds(check.Timeout),
          startPeriodSeconds: seconds(check.StartPeriod),
          retries: check.Retries || undefined,
        }
      : undefined,
  }
}

/** The history, each entry with the layer that it made, as the instruction of the Dockerfile where the builder wraps it. */
export const toHistory = ({
  history,
}: RawConfig): readonly { readonly createdBy: string; readonly at: number; readonly layer: number | undefined }[] => {
  let layer = 0
  return history.map(({ created, created_by: createdBy = '', empty_layer: empty = false }) => ({
    createdBy: instructionOf(createdBy),
    at: Date.parse(created ?? '') || 0,
    layer: empty ? undefined : layer++,
  }))
}

const instructionOf = (createdBy: string): string => {
  const wrapped = /^\/bin\/sh -c #\(nop\) +(.*)$/s.exec(createdBy)?.[1]
  if (wrapped !== undefined) return wrapped.trim()
  const run = /^(?:\|\d+ .*?)?\/bin\/sh -c (.*)$/s.exec(createdBy)?.[1]
  return run === undefined ? createdBy : `RUN ${run}`
}

/** Layer by layer; `bytes` has the uncompressed size of those above the base. */
export const toLayers = (
  raw: RawConfig,
  baseDigests: readonly string[],
  baseBytes: number,
  bytes: readonly number[],
): readonly ImageLayer[] => {
  const history = toHistory(raw)
  return raw.rootfs.diff_ids.map((digest, index) => {
    const base = index < baseDigests.length
    return {
      digest,
      base,
      bytes: base ? Math.round(baseBytes / baseDigests.length) : (bytes[index - baseDigests.length] ?? 0),
      createdBy: history.find(({ layer }) => layer === index)?.createdBy ?? '',
    }
  })
}
