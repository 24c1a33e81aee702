import type { Language, Tier } from '../../../labs/kit/finding.ts'
import type { FileAccess } from '../../../labs/kit/lab.ts'

/** What the page knows of a lab when it is built. The solution and the hints stay on the server. */
export interface LabView {
  readonly id: string
  readonly minutes: number
  readonly hints: number
  /** In a lab on Kubernetes: the kinds that a learner may make, as `apps/v1 Deployment`. */
  readonly kinds?: readonly string[]
  readonly files: readonly { readonly path: string; readonly access: FileAccess; readonly starter: string }[]
  readonly checks: readonly { readonly check: string; readonly tier: Tier }[]
  readonly text: Readonly<Record<Language, LabViewText>>
}

export interface LabViewText {
  readonly title: string
  readonly summary: string
  /** Rendered from the author's text when the site is built. */
  readonly taskHtml: string
  readonly checks: Readonly<Record<string, string>>
}

export interface Place {
  readonly href: string
  readonly title: string
}
