import { hc, type InferResponseType } from 'hono/client'
import type { Language } from '../../../labs/kit/finding.ts'
import type { App } from '../../../runner/http/app.ts'
import { ask, WAIT_MS } from './answer.ts'

const { api } = hc<App>('/')

export type HistoryEntry = InferResponseType<typeof api.submissions.$get, 200>['submissions'][number]
export type Status = InferResponseType<typeof api.status.$get, 200>
export type Progress = InferResponseType<typeof api.progress.$get, 200>['labs'][number]
export type LabSummary = InferResponseType<typeof api.labs.$get, 200>['labs'][number]

export const submit = (lab: string, files: Readonly<Record<string, string>>, language: Language) =>
  ask((init) => api.submissions.$post({ json: { lab, files, language } }, { init }))

export const submission = (id: string, language: Language) =>
  ask((init) => api.submissions[':id'].$get({ param: { id }, query: { language } }, { init }))

export const submittedFiles = (id: string) => ask((init) => api.submissions[':id'].files.$get({ param: { id } }, { init }))

export const history = (lab: string) => ask((init) => api.submissions.$get({ query: { lab, limit: '20' } }, { init }))

/** Where a submission's events stream from. */
export const eventsAddress = (id: string, language: Language): string =>
  `/api/submissions/${encodeURIComponent(id)}/events?language=${language}`

export const hint = (lab: string, step: number, language: Language) =>
  ask((init) => api.labs[':id'].hints[':step'].$get({ param: { id: lab, step: String(step) }, query: { language } }, { init }))

export const solution = (lab: string) =>
  ask((init) => api.labs[':id'].solution.$get({ param: { id: lab }, query: { asked: '1' } }, { init }))

export const labs = (language: Language) => ask((init) => api.labs.$get({ query: { language } }, { init }))
export const progress = () => ask((init) => api.progress.$get({}, { init }))
export const status = () => ask((init) => api.status.$get({}, { init }))

/** Whether anybody answers at all. */
export const alive = async (): Promise<boolean> => {
  try {
    return (await fetch('/healthz', { signal: AbortSignal.timeout(WAIT_MS) })).ok
  } catch {
    return false
  }
}
