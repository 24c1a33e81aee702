import { defineCommand } from 'citty'
import Table from 'cli-table3'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'

export const listCommand = defineCommand({
  meta: { name: 'list', description: 'Every lab with its checks and mistakes' },
  args: { json: { type: 'boolean', description: 'as JSON' } },
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
