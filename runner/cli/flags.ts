import { type ArgsDef, type CommandDef, defineCommand } from 'citty'
import { Complaint } from './complaint.ts'

/** A command with flags. One that it does not have is refused before anything is done: a mistyped `--prot` must not serve the default port. */
export const command = <T extends ArgsDef>(definition: CommandDef<T> & { readonly args: T }): CommandDef<T> =>
  defineCommand({ ...definition, setup: ({ rawArgs }) => refuseUnknownFlags(rawArgs, definition.args) })

const refuseUnknownFlags = (given: readonly string[], known: ArgsDef): void => {
  const names = Object.keys(known).filter((name) => known[name]?.type !== 'positional')
  for (const word of given) {
    if (word === '--') return
    const flag = /^--?([^=]+)/.exec(word)?.[1]
    if (flag === undefined) continue
    if (names.includes(flag) || names.includes(flag.replace(/^no-/, ''))) continue
    throw new Complaint(`There is no flag ${word.split('=')[0]}.`, `There are: ${names.map((name) => `--${name}`).join(', ')}.`)
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
