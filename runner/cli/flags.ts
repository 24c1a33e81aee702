import type { ArgsDef } from 'citty'
import { Complaint } from './complaint.ts'

/** Refuses a flag the command does not have: a mistyped `--prot` must not start a server on the default port. */
export const refuseUnknownFlags = (given: readonly string[], known: ArgsDef): void => {
  const names = Object.keys(known)
  for (const word of given) {
    if (word === '--') return
    const flag = /^--?([^=]+)/.exec(word)?.[1]
    if (flag === undefined) continue
    if (names.includes(flag) || names.includes(flag.replace(/^no-/, ''))) continue
    throw new Complaint(
      `There is no flag ${word.split('=')[0]}.`,
      `There are: ${Object.keys(known)
        .map((name) => `--${name}`)
        .join(', ')}.`,
    )
  }
}

/** `--port` as a number. */
export const portOf = (given: string): number => {
  const port = Number(given)
  if (/^\d+$/.test(given) && port <= 65_535) return port
  throw new Complaint(`--port is ${JSON.stringify(given)}; expected a number from 0 to 65535.`, '0 takes a free port.')
}

/** `--load` and its like as a number. */
export const countOf = (given: string, { flag, least }: { readonly flag: string; readonly least: number }): number => {
  const count = Number(given)
  if (/^\d{1,6}$/.test(given) && count >= least) return count
  throw new Complaint(
    `--${flag} is ${JSON.stringify(given)}; expected a whole number from ${least} on.`,
    `For example --${flag} ${least + 1}.`,
  )
}
