import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { CHECKOUT } from '../../runner/environment.ts'
import type { EditorModule } from '../../site/editor/contract.ts'
import { wordsOf } from '../../site/src/words.ts'
import { expect, expectAccessible, inBothThemes, open, replaceFile, test, verdict } from './page.ts'

const ON_KUBERNETES = 'ecs-eks/deployments'
const starter = await readFile(join(CHECKOUT, 'labs/ecs-eks/zero-downtime/starter/deployment.yaml'), 'utf8')
const MISSPELT = starter.replace('replicas:', 'replica:')
/** The starter up to a place in its container, and what is begun there. */
const begun = (text: string): string => `${starter.slice(0, starter.indexOf('          command:'))}          ${text}`

/** Only what is in sight is drawn, so the beginning of the file is brought there. */
const put = async (page: Page, text: string): Promise<void> => {
  await replaceFile(page, 'deployment.yaml', text)
  await page.keyboard.press('Control+Home')
}
const marks = (page: Page) => page.locator('.squiggly-error')
const yamlWorkers = (page: Page): number => page.workers().filter((worker) => worker.url().includes('yaml')).length

/** What is said at the next marked place, the way the keyboard gets there. */
const nextMark = async (page: Page, says: string): Promise<void> => {
  await page.keyboard.press('Alt+F8')
  await expect(page.locator('.peekview-widget')).toContainText(says)
}

test('a slip in a manifest is marked where it stands, in the language of the page', async ({ page }) => {
  await open(page, `/en/${ON_KUBERNETES}/`)
  await put(page, MISSPELT)
  await expect(marks(page)).toHaveCount(1)
  await nextMark(page, 'Property replica is not allowed.')
  await page.keyboard.press('Escape')

  await page.getByRole('link', { name: '日本語' }).click()
  // In place, or as a page of its own where the browser dropped what the switch fetched.
  await expect(page.locator('.actions .primary')).toContainText(wordsOf('ja').work.check)
  await expect(page.locator('.workspace astro-island[ssr]')).toHaveCount(0)
  await put(page, starter)
  await expect(marks(page)).toHaveCount(0)
  await put(page, MISSPELT)
  await expect(marks(page)).toHaveCount(1)
  await nextMark(page, 'replica というフィールドはありません。')
  await page.keyboard.press('Escape')

  // The parser's own sentence, which no translation of the language server reaches.
  await put(page, starter)
  await expect(marks(page)).toHaveCount(0)
  await put(page, `${starter}---\nkind: "Service\n`)
  await page.keyboard.press('Control+End')
  await expect(marks(page)).not.toHaveCount(0)
  await nextMark(page, '閉じる引用符「"」がありません。')
  await page.keyboard.press('Escape')

  await put(page, starter.replace('replicas: 4', 'replicas: four').replace('RollingUpdate', 'Rolling'))
  await expect(marks(page)).toHaveCount(2)
})

test('what a check found stays marked beside it', async ({ page }) => {
  await open(page, `/en/${ON_KUBERNETES}/`)
  await put(page, MISSPELT)
  await expect(marks(page)).toHaveCount(1)
  await page.locator('.actions .primary').click()
  expect(await verdict(page)).toBe('rejected')
  await page.getByRole('button', { name: /Go to deployment\.yaml, line 6/ }).click()
  await nextMark(page, 'of 2 problems')
})

test('fields and values are offered where they belong, and explained', async ({ page }) => {
  await open(page, `/en/${ON_KUBERNETES}/`)
  await replaceFile(page, 'deployment.yaml', begun('read'))
  await page.keyboard.press('Control+Space')
  const offers = page.locator('.suggest-widget.visible .monaco-list-row')
  await expect(offers).toHaveText(['readinessProbe'])
  await inBothThemes(page, (theme) => expectAccessible(page, `an offer, ${theme}`))
  await page.keyboard.press('Enter')
  await expect(page.locator('textarea[data-path="deployment.yaml"]')).toHaveValue(begun('readinessProbe:\n            '))
  await page.keyboard.press('Control+Space')
  await expect(offers.filter({ hasText: 'httpGet' })).toHaveCount(1)

  await replaceFile(page, 'deployment.yaml', 'apiVersion: apps/v1\nkind: ')
  await page.keyboard.press('Control+Space')
  await expect(offers).toHaveText(['ConfigMap', 'Deployment', 'Service'])
  await page.keyboard.press('Escape')

  await replaceFile(page, 'deployment.yaml', begun('terminationMessagePolicy: File'))
  await page.keyboard.press('Home')
  await page.keyboard.press('Control+K')
  await page.keyboard.press('Control+I')
  await expect(page.locator('.monaco-hover:not(.hidden)').first()).toContainText(
    'Indicate how the termination message should be populated.',
  )
  await inBothThemes(page, (theme) => expectAccessible(page, `an explanation, ${theme}`))
})

test('a file that is no manifest is not judged as one', async ({ page }) => {
  await open(page, '/en/windows/windows-on-eks/')
  await replaceFile(page, 'billing.yaml', 'kind: Deployment\n')
  await expect(marks(page), 'a manifest without its apiVersion').toHaveCount(1)
  for (const path of ['images.yaml', 'fleet.yaml']) {
    await page.getByRole('tab', { name: path }).click()
    await expect(page.locator('.monaco-editor .view-line').first()).toBeVisible()
    await expect(marks(page)).toHaveCount(0)
  }
})

test('a lab without Kubernetes fetches nothing of it, whatever its YAML says', async ({ page }) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await open(page, '/en/operability/you-build-it-you-run-it/')
  await replaceFile(page, 'duties.yaml', MISSPELT)
  await page.keyboard.press('Control+Space')
  await expect(page.locator('.suggest-widget.visible')).toBeVisible()
  await expect(marks(page)).toHaveCount(0)
  expect(asked.filter((url) => /\/editor\/(help|structure|descriptions|assets\/yaml)/.test(url))).toEqual([])
  expect(yamlWorkers(page)).toBe(0)
})

test('an editor that is disposed of leaves no worker behind', async ({ page }) => {
  await open(page, `/en/${ON_KUBERNETES}/`)
  const address = '/editor/editor.js'
  const editor = await page.evaluateHandle(
    async ([from, text]) => {
      const { mount } = (await import(from)) as EditorModule
      const ignore = (): void => undefined
      return mount({
        host: document.body.appendChild(document.createElement('div')),
        files: [{ path: 'a.yaml', text, readOnly: false }],
        active: 'a.yaml',
        theme: 'light',
        language: 'en',
        kinds: ['apps/v1 Deployment'],
        label: 'a',
        onChange: ignore,
        onCheck: ignore,
        onTabMoves: ignore,
      })
    },
    [address, MISSPELT] as const,
  )
  await expect.poll(() => yamlWorkers(page)).toBe(1)
  await editor.evaluate((made) => made.dispose())
  await expect.poll(() => yamlWorkers(page)).toBe(0)
})
