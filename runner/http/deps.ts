import type { Logger } from 'pino'
import type { Catalogue } from '../../labs/kit/catalogue.ts'
import type { Localized } from '../../labs/kit/finding.ts'
import type { Coming } from '../grading/head-start.ts'
import type { Ahead } from '../grading/worker.ts'
import type { Queue } from '../queue/queue.ts'
import type { Probed, SandboxDriver } from '../sandbox/contract.ts'
import type { Store } from '../store/store.ts'
import type { Followers } from './follow.ts'
import type { Metrics } from './metrics.ts'
import type { RateLimits } from './rate.ts'

/** What the app needs; nothing in it is global, so that tests run several at once. */
export interface Deps {
  readonly store: Store
  readonly queue: Queue
  readonly catalogue: Catalogue
  readonly driver: Pick<SandboxDriver, 'name' | 'isolation'>
  /** Whether the driver can work, asked lately enough. */
  readonly engine: () => Promise<Probed>
  /** The same about the cluster of labs on Kubernetes. */
  readonly cluster?: () => Promise<Probed>
  readonly followers: Followers
  readonly metrics: Metrics
  readonly log: Logger
  readonly limits: RateLimits
  /** Names, beside addresses and localhost, that the server answers to. */
  readonly hosts: readonly string[]
  readonly cookieKey: string
  /** Where the built site is. */
  readonly siteFolder: string
  /** What the page shows above everything: what is not isolated here. */
  readonly banner?: Localized | undefined
  readonly version: string
  /** Lets a grading begin while its submission is being stored, where there is room. Ended before `stored`, it never was. */
  readonly startAhead: (coming: Coming) => Ahead
  readonly worker: () => { readonly slots: number; readonly running: number }
  /** `starting` until the first submission can be graded; `stopping` takes no more. */
  readonly phase: () => 'starting' | 'ready' | 'stopping'
}
