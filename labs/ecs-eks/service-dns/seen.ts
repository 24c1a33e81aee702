import { thinned } from '../../kit/cluster/index.ts'
import type { Evidence } from '../../kit/index.ts'
import type { Accounts, Day } from './observe.ts'

/** Which Pod was asked how often, over how many connections. */
export const accountTable = (accounts: Accounts): Evidence => {
  const rows = [...accounts].map(([name, { requests, connections }]) => [name, requests, connections] as const)
  const least = fairShare(accounts)
  return {
    kind: 'table',
    title: 'accounts',
    columns: ['POD', 'REQUESTS', 'CONNECTIONS'],
    rows,
    differing: rows.flatMap(([, requests], row) => (requests < least ? [[row, 1] as const] : [])),
  }
}

/** A quarter of an equal share: chance alone does not give a Pod less. */
export const fairShare = (accounts: Accounts): number =>
  [...accounts.values()].reduce((sum, { requests }) => sum + requests, 0) / Math.max(1, accounts.size) / 4

/** Pods that got less than a fair share. */
export const left = (accounts: Accounts): readonly string[] => {
  const least = fairShare(accounts)
  return [...accounts].filter(([, { requests }]) => requests < least).map(([name]) => name)
}

export const totalOf = (accounts: Accounts, what: 'requests' | 'connections'): number =>
  [...accounts.values()].reduce((sum, account) => sum + account[what], 0)

/** Which Pod answered when, as the office passed it on. */
export const timeline = ({ requests, marks }: Pick<Day, 'requests' | 'marks'>): Evidence => ({
  kind: 'timeline',
  title: 'visitors',
  requests: thinned(requests, ({ status }) => status !== 200),
  marks,
})
