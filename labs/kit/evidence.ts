import type { LogLine, RequestRecord } from '../../runner/sandbox/contract.ts'

/** What we did to a service, or saw it do, at one moment. `picture-words.ts` has the words for each. */
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
 * Everything the site can draw and the CLI can print. Never rendered as HTML. A check names its titles and labels, `Evidence`; a finding
 * has them written out in both languages, `Evidence<Localized>`.
 */
export type Evidence<Text = string> = Picture<Text> & {
  /** Says what is shown where the general words for its kind do not: in a lab an entry below `evidence` in its text. */
  readonly title?: Text
  /** Which of several it is, by its own name: a file, a service, a metric. Behind the title, in every language the same. */
  readonly of?: string
}

/** A word inside a picture: in a lab an entry below `words` in its text, else what it is in every language: a file, a header, a field. */
export type Label<Text> = string | Text

/** What there is to see. Closed: a renderer covers all of it. */
export type Picture<Text = string> =
  | { readonly kind: 'log'; readonly lines: readonly (LogLine & { readonly service?: string })[]; readonly points?: readonly number[] }
  | { readonly kind: 'diff'; readonly expected: string; readonly actual: string }
  | {
      readonly kind: 'table'
      readonly columns: readonly Label<Text>[]
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
        readonly name: Label<Text>
        readonly points: readonly (readonly [at: number, value: number])[]
        readonly dashed?: boolean
      }[]
      readonly marks: readonly Mark[]
      readonly limits?: readonly { readonly name: Label<Text>; readonly value: number }[]
    }
  | {
      readonly kind: 'topology'
      readonly stages: readonly {
        readonly name: 'before' | 'during' | 'after'
        /** As the lab's tables call it, where no fault lies between the stages. */
        readonly called?: Label<Text>
        readonly services: readonly { readonly name: string; readonly up: boolean }[]
        readonly edges: readonly { readonly from: string; readonly to: string; readonly up: boolean }[]
      }[]
    }

export type EvidenceKind = Evidence['kind']

/** The same picture with every label written by `write`. Pure. */
export const withLabels = <A, B>(picture: Picture<A>, write: (label: Label<A>) => Label<B>): Picture<B> => {
  switch (picture.kind) {
    case 'table':
      return { ...picture, columns: picture.columns.map(write) }
    case 'series': {
      const named = <T extends { readonly name: Label<A> }>(each: T) => ({ ...each, name: write(each.name) })
      const { limits, ...rest } = picture
      return { ...rest, series: picture.series.map(named), ...(limits && { limits: limits.map(named) }) }
    }
    case 'topology':
      return {
        ...picture,
        stages: picture.stages.map(({ called, ...stage }) => ({ ...stage, ...(called !== undefined && { called: write(called) }) })),
      }
    default:
      return picture
  }
}

/** The same picture with its labels in one language. Pure. */
export const pictureIn = <L extends string>(picture: Picture<Readonly<Record<L, string>>>, language: L): Picture =>
  withLabels<Readonly<Record<L, string>>, string>(picture, (label) => (typeof label === 'string' ? label : label[language]))
