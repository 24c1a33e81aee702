import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CHECKOUT } from '../../runner/environment.ts'
import { expect, expectAccessible, inBothThemes, lesson, open, test } from './page.ts'

const DIST = join(CHECKOUT, 'site/dist')
const SCRIPT_BUDGET_BYTES = 40 * 1024

const addresses = async (): Promise<string[]> => {
  const files = await Array.fromAsync(glob('{en,ja}/**/index.html', { cwd: DIST }))
  return files.map((file) => `/${file.replace(/index\.html$/, '')}`).sort()
}

test('no page of either language has a finding of axe, in either theme', async ({ page }) => {
  // Grows with the number of lessons.
  test.setTimeout(600_000)
  for (const address of await addresses()) {
    await open(page, address)
    await inBothThemes(page, (theme) => expectAccessible(page, `${address}, ${theme}`))
  }
})

test('no page shows the asterisks of bold text', async ({ page }) => {
  for (const address of await addresses()) {
    const html = await readFile(join(DIST, address, 'index.html'), 'utf8')
    await page.setContent(html.replace(/<script[\s\S]*?<\/script>/g, ''))
    const text = await page.evaluate(() => {
      for (const code of document.querySelectorAll('code, pre, textarea')) code.remove()
      return document.body.textContent
    })
    expect(text, address).not.toContain('**')
  }
})

test('a page asks nobody but its own server, and its script stays small until the editor is entered', async ({ page, baseURL }) => {
  const requested: string[] = []
  const sizes: Promise<number>[] = []
  page.on('request', (request) => requested.push(request.url()))
  page.on('requestfinished', (request) => {
    // The search dialog's own code comes when the page is idle.
    if (request.resourceType() === 'script' && !request.url().includes('/ui-core'))
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize))
  })
  await open(page, lesson('en'))
  await page.waitForLoadState('networkidle')
  expect(requested.filter((url) => !url.startsWith(`${baseURL}/`) && !url.startsWith('data:'))).toEqual([])
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  expect(total).toBeGreaterThan(0)
  expect(total).toBeLessThanOrEqual(SCRIPT_BUDGET_BYTES)
})

test('the lesson and all files can be read without script', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, ...(baseURL === undefined ? {} : { baseURL }) })
  const page = await context.newPage()
  await page.goto(lesson('ja'))
  await expect(page.locator('h1')).toHaveText('安全に止める')
  await expect(page.locator('textarea[data-path="server.js"]')).toBeVisible()
  await expect(page.locator('textarea[data-path="entrypoint.sh"]')).toBeVisible()
  await expect(page.locator('.task')).toContainText('SIGTERM')
  await context.close()
})

for (const [language, term, told] of [
  ['en', 'grace period', 'result'],
  ['ja', '強制終了', '検索結果'],
] as const) {
  test(`the search finds the lesson and speaks the page's language (${language})`, async ({ page }) => {
    await open(page, `/${language}/`)
    await page.locator('button[data-open-modal]').click()
    await page.locator('.pagefind-ui__search-input').fill(term)
    await expect(page.locator('.pagefind-ui__message')).toContainText(told)
    await expect(page.locator(`.pagefind-ui__result-link[href*="/${language}/operability/stopping-safely/"]`).first()).toBeVisible()
    await expectAccessible(page, 'the search dialog')
  })
}

test('at 400 % zoom nothing is lost sideways', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 })
  for (const address of ['/en/', lesson('ja'), '/en/status/']) {
    await open(page, address)
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(wider, address).toBeLessThanOrEqual(0)
  }
})
