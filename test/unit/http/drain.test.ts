import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { browserAt, openHarbour, verdictOf } from './harbour.ts'

test('a server that is stopped puts what runs back in line, and the next one ends it, without counting an attempt', async () => {
  const data = await mkdtemp(join(tmpdir(), 'hatoba-drain-'))
  try {
    const first = await openHarbour({ data, graceSeconds: 0 })
    const before = browserAt(first.url)
    await before('/api/labs')
    const sent = await before('/api/submissions', { json: { lab: 'mooring', files: { 'knot.txt': 'wait 5000 cleat' }, language: 'en' } })
    const { id } = (await sent.json()) as { id: string }
    const stream = await before(`/api/submissions/${id}/events`)
    const cookie = before.cookie()
    const following = stream.text().catch(() => 'cut')
    await until(async () => ((await (await before(`/api/submissions/${id}`)).json()) as { state: string }).state === 'checking')
    await first.server[Symbol.asyncDispose]()
    await following

    const second = await openHarbour({ data })
    const after = browserAt(second.url, { cookie })
    expect(await verdictOf(after, id)).toMatchObject({ outcome: 'passed' })
    const events = await (await after(`/api/submissions/${id}/events`)).text()
    expect([...events.matchAll(/"type":"preparing","attempt":(\d)/g)].map(([, attempt]) => attempt)).toEqual(['1', '1'])
    expect(events.match(/event: verdict/g)).toHaveLength(1)
    await second.server[Symbol.asyncDispose]()
  } finally {
    await rm(data, { recursive: true })
  }
})

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10))
}
