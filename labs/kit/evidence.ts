import type { LogLine, RequestRecord } from '../../runner/sandbox/contract.ts'

/** What we did to a service, or saw it do, at one moment. The site and the CLI own the words for each. */
export type MarkKind =
  | 'ready'
  | 'withdrawn'
  | 'sigterm'
  | 'sigkill'
  | 'deadline'
  | 'exited'
  | 'cut'
  | 'healed'
  | 'killed'
  | 'restarted'
  | 'added'
  | 'version'
  | 'alarm'
  | 'acted'
  | 'behind'
  | 'caught-up'

export interface Mark {
  readonly at: number
  readonly what: MarkKind
  /** The service it happened to, where there are several. */
  readonly service?: string
}

/**
 * Everything the site can draw and the CLI can print. Never rendered as HTML. A check names its titles, `Evidence`; a finding has them
 * written out in both languages, `Evidence<Localized>`.
 */
export type Evidence<Title = string> = Picture & {
  /** Says what is shown where the general words for its kind do not: in a lab an entry below `evidence` in its text. */
  readonly title?: Title
  /** Which of several it is, by its own name: a file, a service, a metric. Behind the title, in every language the same. */
  readonly of?: string
}

/** What there is to see. Closed: a renderer covers all of it. */
type Picture =
  | { readonly kind: 'log'; readonly lines: readonly (LogLine & { readonly service?: string })[]; readonly points?: readonly number[] }
  | { readonly kind: 'diff'; readonly expected: string; readonly actual: string }
  | {
      readonly kind: 'table'
      readonly columns: readonly string[]
      readonly rows: readonly (readonly (string | number)[])[]
      /** Row and column of the cells that differ from what was expected. */
      readonly differing?: readonly (readonly [row: number, column: number])[]
    }
  | {
      readonly kind: 'timeline'
      readonly requests: readonly RequestRecord[]
      readonly marks: readonly Mark[]
      readonly lanes?: readonly string[]
    }
  | {
      readonly kind: 'series'
      readonly unit: string
      /** `hours`: times are milliseconds from midnight of a day that was played, not moments of this run. */
      readonly axis?: 'hours'
      readonly series: readonly {
        readonly name: string
        readonly points: readonly (readonly [at: number, value: number])[]
        readonly dashed?: boolean
      }[]
      readonly marks: readonly Mark[]
      readonly limits?: readonly { readonly name: string; readonly value: number }[]
    }
  | {
      readonly kind: 'topology'
      readonly stages: readonly {
        readonly name: 'before' | 'during' | 'after'
        /** As the lab's tables call it, where no fault lies between the stages. */
        readonly called?: string
        readonly services: readonly { readonly name: string; readonly up: boolean }[]
        readonly edges: readonly { readonly from: string; readonly to: string; readonly up: boolean }[]
      }[]
    }

export type EvidenceKind = Evidence['kind']
