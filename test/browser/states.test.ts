import type { Page } from '@playwright/test'
import type { GradingEvent } from '../../runner/grading/events.ts'
import type { PresentedEvent } from '../../runner/http/present.ts'
import { wordsOf } from '../../site/src/words.ts'
import { expect, expectAccessible, inBothThemes, lesson, open, test } from './page.ts'

// What these states look like is asked here; that each can be reached is asked of the real server elsewhere. Their events are
// written down, since a full queue, an engine that hangs and a missing cluster cannot be had at will.
const ID = '0d5a3c1e-8c43-4c39-9f0b-6b4f3f0a7d11'
const CHECKS = ['syntax', 'starts', 'signal', 'answered'] as const
const checking: PresentedEvent = {
  type: 'checking',
  checks: CHECKS.map((check, index) => ({ check, tier: index === 0 ? 'static' : 'sandbox', title: check })),
}
const finding = (check: string, status: 'passed' | 'failed' | 'exhausted' | 'incomplete' | 'skipped') =>
  ({ check, tier: 'sandbox', status, ms: 12, because: 'What was seen.' }) as const
const ended = (verdict: Omit<Extract<PresentedEvent, { type: 'verdict' }>['verdict'], 'ms'>): PresentedEvent => ({
  type: 'verdict',
  verdict: { ms: 4200, ...verdict },
})

const STATES: readonly {
  readonly name: string
  readonly events: readonly (PresentedEvent | Extract<GradingEvent, { type: 'queued' }>)[]
  readonly shows: (words: ReturnType<typeof wordsOf>) => string
}[] = [
  { name: 'in line', events: [{ type: 'queued', place: 4, running: 2, waitSeconds: 9 }], shows: ({ run }) => run.place(4, 2) },
  { name: 'preparing', events: [{ type: 'preparing', attempt: 2 }], shows: ({ run }) => run.preparingAgain(2) },
  {
    name: 'checking',
    events: [checking, { type: 'finding', finding: finding('syntax', 'passed') }, { type: 'started', check: 'starts' }],
    shows: ({ run }) => run.running,
  },
  {
    name: 'exhausted',
    events: [checking, ended({ outcome: 'exhausted', findings: [finding('syntax', 'passed'), finding('starts', 'exhausted')] })],
    shows: ({ verdicts }) => verdicts.exhausted.title,
  },
  {
    name: 'incomplete',
    events: [
      checking,
      ended({
        outcome: 'incomplete',
        findings: [finding('syntax', 'passed'), finding('starts', 'incomplete')],
        missing: { because: 'No cluster is reachable.', fix: '`hatoba up --kind` starts one.' },
      }),
    ],
    shows: ({ verdicts }) => verdicts.incomplete.title,
  },
  {
    name: 'faulted',
    events: [
      checking,
      ended({ outcome: 'faulted', findings: [], fault: { code: 'engine.timeout', id: 'F-3K9Q7A', fix: '`hatoba doctor`' } }),
    ],
    shows: () => 'F-3K9Q7A',
  },
]

const answerWith = async (page: Page, events: readonly PresentedEvent[]): Promise<void> => {
  await page.route('**/api/submissions', (route) =>
    route.request().method() === 'POST' ? route.fulfill({ status: 202, json: { id: ID } }) : route.fallback(),
  )
  const stream = events.map((event, index) => `id: ${index + 1}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
  await page.route('**/events?*', (route) =>
    route.fulfill({ status: 200, headers: { 'content-type': 'text/event-stream' }, body: `retry: 600000\n\n${stream}` }),
  )
}

for (const language of ['en', 'ja'] as const) {
  for (const { name, events, shows } of STATES) {
    test(`a run that is ${name} says so, accessibly in both themes (${language})`, async ({ page }) => {
      await answerWith(page, events)
      await open(page, lesson(language))
      await page.locator('.actions .primary').click()
      await expect(page.locator('.run')).toContainText(shows(wordsOf(language)))
      await inBothThemes(page, (theme) => expectAccessible(page, `${name}, ${theme}`))
    })
  }
}

test('a table wider than a phone is moved sideways in its place, and the page is not', async ({ page }) => {
  const columns = Array.from({ length: 9 }, (_, column) => `COLUMN OF THE TABLE ${column}`)
  const row = columns.map((_, column) => column)
  const table = { kind: 'table', columns, rows: [row, row], differing: [[0, 8]] } as const
  await page.setViewportSize({ width: 390, height: 844 })
  await answerWith(page, [checking, ended({ outcome: 'failed', findings: [{ ...finding('starts', 'failed'), evidence: [table] }] })])
  await open(page, lesson('en'))
  await page.locator('.actions .primary').click()
  await expect(page.getByRole('cell', { name: 'differs' })).toHaveCount(1)
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0)
})

test('evidence is headed by its title, and by the words for its kind where it has none', async ({ page }) => {
  const table = { kind: 'table', columns: ['ROW'], rows: [[1]] } as const
  const evidence = [{ ...table, title: 'What the store counted', of: 'primary' }, table]
  await answerWith(page, [checking, ended({ outcome: 'failed', findings: [{ ...finding('starts', 'failed'), evidence }] })])
  await open(page, lesson('en'))
  await page.locator('.actions .primary').click()
  for (const name of ['What the store counted: primary', wordsOf('en').evidence.kinds.table]) {
    await expect(page.getByRole('heading', { name, exact: true })).toBeVisible()
    await expect(page.getByRole('region', { name, exact: true })).toBeVisible()
  }
})

test('a refused submission shows the sentence, the next step and the place', async ({ page }) => {
  await open(page, lesson('ja'))
  await page.locator('textarea[data-path="server.js"]').evaluate((field: HTMLTextAreaElement) => {
    field.value = `// ${'x'.repeat(2_000_000)}`
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })
  await page.locator('.actions .primary').click()
  await expect(page.getByRole('alert')).toContainText(/[ぁ-ん]/)
  await expectAccessible(page, 'a refusal')
})
