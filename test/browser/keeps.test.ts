import { wordsOf } from '../../site/src/words.ts'
import { expect, labFile, lesson, open, replaceFile, test, useFiles, verdict } from './page.ts'
import { startHatoba } from './server.ts'

const words = wordsOf('en')

test('a draft survives a reload, and reset puts the beginning back', async ({ page }) => {
  await open(page, lesson('en'))
  await replaceFile(page, 'server.js', '// mine\n')
  await expect(page.getByRole('tab', { name: /server\.js/ })).toContainText(words.work.changed)
  await page.reload()
  await expect(page.locator('textarea[data-path="server.js"]')).toHaveValue('// mine\n')

  await page.getByRole('button', { name: words.work.reset, exact: true }).click()
  await page.getByRole('button', { name: words.work.keep }).click()
  await expect(page.locator('textarea[data-path="server.js"]')).toHaveValue('// mine\n')
  await page.getByRole('button', { name: words.work.reset, exact: true }).click()
  await page.getByRole('button', { name: words.work.resetConfirm }).click()
  await expect(page.locator('textarea[data-path="server.js"]')).toHaveValue(await labFile('starter', 'server.js'))
})

test('what is typed faster than the page is drawn arrives whole', async ({ page }) => {
  await open(page, lesson('en'))
  await replaceFile(page, 'server.js', '// mine\n')
  const slow = await page.context().newCDPSession(page)
  await slow.send('Emulation.setCPUThrottlingRate', { rate: 6 })
  const line = `// ${'0123456789 '.repeat(10)}`
  await page.keyboard.press('Control+A')
  await page.keyboard.type(line)
  await expect(page.locator('textarea[data-path="server.js"]')).toHaveValue(line)
})

test('a run is followed across a reload, and switching the language keeps files, run and place', async ({ page }) => {
  await open(page, lesson('en'))
  await useFiles(page, 'mistakes/exits-at-once')
  await page.keyboard.press('Control+Enter')
  await expect(page.locator('.banner.working')).toBeVisible()
  await page.reload()
  expect(await verdict(page)).toBe('failed')

  await page.locator('textarea[data-path="server.js"]').click()
  await expect(page.locator('.monaco-editor').first()).toBeVisible()
  await page.getByRole('link', { name: '日本語' }).click()
  await expect(page).toHaveURL(new RegExp(`${lesson('ja')}$`))
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja')
  await expect(page.locator('h1')).toHaveText('安全に止める')
  await expect(page.locator('.banner.failed h3')).toHaveText(wordsOf('ja').verdicts.failed.title)
  await expect(page.locator('[data-check="answered"] .because')).toContainText('注文')
  await expect(page.locator('.monaco-editor').first()).toBeVisible()
})

test('a lost server is told apart from a verdict, keeps the draft and the run, and is found again', async ({ page }) => {
  await using own = await startHatoba()
  await open(page, `${own.url}${lesson('en')}`)
  await useFiles(page, 'mistakes/exits-at-once')
  await page.keyboard.press('Control+Enter')
  await expect(page.locator('.check[data-check="syntax"][data-status="passed"]')).toBeVisible()
  await own.stop('SIGKILL')
  await expect(page.getByRole('heading', { name: words.link.lost })).toBeVisible()
  // The page finds the server as soon as it listens, which is before it says that it can grade; and says so for some seconds only.
  await Promise.all([own.start(), expect(page.getByRole('heading', { name: words.link.back })).toBeVisible({ timeout: 120_000 })])
  expect(await verdict(page)).toBe('failed')

  await own.stop()
  await page.locator('.actions .primary').click()
  await expect(page.getByRole('heading', { name: words.link.lost })).toBeVisible()
  await expect(page.locator('.banner[data-outcome]')).toHaveCount(0)
  // The page finds the server as soon as it listens, which is before it says that it can grade; and says so for some seconds only.
  await Promise.all([own.start(), expect(page.getByRole('heading', { name: words.link.back })).toBeVisible({ timeout: 120_000 })])
  await page.locator('.actions .primary').click()
  expect(await verdict(page)).toBe('failed')
})
