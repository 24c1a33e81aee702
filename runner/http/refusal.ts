import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Language } from '../../labs/kit/finding.ts'
import { MESSAGES, type Values } from './messages.ts'

/** Where in a request something is wrong. */
export interface RequestAt {
  readonly field?: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

export type RefusalCode = keyof typeof STATUS

/** Everything the API refuses, with the status it answers. The sentences stand in `messages.ts`. */
export const STATUS = {
  'body.malformed': 400,
  'body.not-utf8': 400,
  'body.duplicate-key': 400,
  'body.too-deep': 400,
  'body.not-json': 415,
  'body.too-large': 413,
  'body.invalid': 422,
  'query.invalid': 422,
  'lab.unknown': 404,
  'file.path': 422,
  'file.collision': 422,
  'file.unknown': 422,
  'file.read-only': 422,
  'file.missing': 422,
  'file.not-text': 422,
  'file.too-large': 413,
  'files.too-many': 413,
  'files.too-large': 413,
  'submission.unknown': 404,
  'hint.unknown': 404,
  'solution.early': 403,
  'learner.waiting': 429,
  'rate.learner': 429,
  'rate.address': 429,
  'streams.too-many': 429,
  'host.refused': 421,
  'origin.refused': 403,
  'route.unknown': 404,
  'server.stopping': 503,
  fault: 503,
} as const satisfies Readonly<Record<string, ContentfulStatusCode>>

/** The body of every answer that is not a success. */
export interface RefusalBody {
  readonly error: {
    readonly code: RefusalCode
    /** What is the matter, in one sentence. */
    readonly message: string
    readonly at?: RequestAt
    /** What to do now. */
    readonly next: string
    /** `fault`: joins this answer to the log. */
    readonly id?: string
  }
}

/** Thrown by a route, written in the learner's language by the app. The request was refused and nothing was stored or run. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly values: Values
  readonly at: RequestAt | undefined
  readonly retryAfterSeconds: number | undefined
  /** Where the request itself names one. */
  readonly language: Language | undefined

  constructor(
    code: RefusalCode,
    o: {
      readonly values?: Values
      readonly at?: RequestAt
      readonly retryAfterSeconds?: number
      readonly language?: Language | undefined
    } = {},
  ) {
    super(code)
    this.code = code
    this.values = o.values ?? {}
    this.at = o.at
    this.retryAfterSeconds = o.retryAfterSeconds
    this.language = o.language
  }

  /** The answer's body. */
  in(language: Language): RefusalBody {
    const { message, next } = MESSAGES[this.code][language]
    return {
      error: {
        code: this.code,
        message: fill(message, this.values),
        ...(this.at === undefined ? {} : { at: this.at }),
        next: fill(next, this.values),
        ...(this.code === 'fault' ? { id: String(this.values['id']) } : {}),
      },
    }
  }
}

const fill = (template: string, values: Values): string => template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
