import Table from 'cli-table3'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import { median } from '../bench/report.ts'
import { readEnvironment } from '../environment.ts'
import { command } from './flags.ts'
import { readVerified } from './verified.ts'

export const listCommand = command({
  meta: { name: 'list', description: 'Every lab with its checks and mistakes' },
  args: {
    json: { type: 'boolean', description: 'as JSON' },
    table: { type: 'boolean', description: 'with what the last `hatoba lab verify` here has seen: seconds and kinds of evidence' },
  },
  run: async ({ args }) => {
    const rows = (await loadCatalogue()).labs.map(({ lab, track, text, alternatives }) => ({
      id: lab.id,
      track,
      title: { en: text.en.title, ja: text.ja.title },
      minutes: lab.minutes,
      sandbox: lab.sandbox?.kind ?? 'static',
      listed: lab.listed ?? true,
      checks: Object.entries(lab.checks).map(([id, { tier }]) => ({ id, tier })),
      alternatives: Object.keys(alternatives),
      mistakes: lab.mistakes,
    }))
    if (args.table) return console.log(await verifiedTable(rows))
    if (args.json) return console.log(JSON.stringify(rows, null, 2))
    const table = new Table({
      head: ['lab', 'track', 'title', 'minutes', 'sandbox', 'checks', 'mistakes', 'also right'],
      style: { head: [], border: [] },
    })
    for (const row of rows) {
      const { id, track, title, minutes, sandbox, checks, mistakes, alternatives } = row
      table.push([id, track, title.en, minutes, sandbox, checks.length, Object.keys(mistakes).length, alternatives.length])
    }
    console.log(table.toString())
  },
})

const verifiedTable = async (
  rows: readonly {
    readonly id: string
    readonly checks: readonly unknown[]
    readonly mistakes: object
    readonly alternatives: readonly unknown[]
  }[],
): Promise<string> => {
  const { HATOBA_DATA } = readEnvironment()
  const table = new Table({
    head: ['lab', 'checks', 'mistakes', 'also right', 'median s', 'slowest s', 'at once', 'evidence', 'verified'],
    style: { head: [], border: [] },
  })
  for (const { id, checks, mistakes, alternatives } of rows) {
    const verified = await readVerified(HATOBA_DATA, id)
    const seen =
      verified === undefined
        ? ['', '', '', '', 'not here']
        : [
            median(verified.seconds).toFixed(1),
            Math.max(...verified.seconds).toFixed(1),
            verified.atOnce,
            verified.evidence.join(' '),
            verified.at.slice(0, 16).replace('T', ' '),
          ]
    table.push([id, checks.length, Object.keys(mistakes).length, alternatives.length, ...seen])
  }
  return table.toString()
}
