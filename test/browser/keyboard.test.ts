import { wordsOf } from '../../site/src/words.ts'
import { expect, lesson, open, test, verdict } from './page.ts'

const words = wordsOf('en')

test('everything can be done with the keyboard alone', async ({ page }) => {
  await open(page, lesson('en'))
  const splitter = page.locator('.column-splitter')
  const before = Number(await splitter.getAttribute('aria-valuenow'))
  await splitter.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await expect(splitter).toHaveAttribute('aria-valuenow', String(before + 4))

  await page.keyboard.press('Tab')
  await expect(page.getByRole('tab', { name: /server\.js/ })).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('tab', { name: /entrypoint\.sh/ })).toBeFocused()
  await page.keyboard.press('ArrowLeft')

  await page.keyboard.press('Tab')
  await expect(page.locator('.monaco-editor').first()).toBeVisible()
  await expect(page.locator('.monaco-editor.focused')).toBeVisible()
  await expect(page.locator('.actions .note')).toHaveText(words.work.tabIndents)
  await page.keyboard.press('Control+m')
  await expect(page.locator('.actions .note')).toHaveText(words.work.tabMoves)

  await page.keyboard.press('Tab')
  await expect(page.locator('.row-splitter')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.locator('.actions .primary')).toBeFocused()
  await page.keyboard.press('Enter')
  expect(await verdict(page)).toBe('failed')

  const picture = page.getByRole('application').first()
  await picture.focus()
  const told = page.locator('.request-detail').first()
  await page.keyboard.press('Home')
  await expect(told).toContainText('Request 1 of')
  await page.keyboard.press('ArrowRight')
  await expect(told).toContainText('Request 2 of')
  await page.keyboard.press('t')
  await expect(page.getByRole('region', { name: words.evidence.asTable })).toBeFocused()
  await page.keyboard.press('t')
  await expect(picture).toBeFocused()

  await page.reload()
  await expect(splitter).toHaveAttribute('aria-valuenow', String(before + 4))
})
