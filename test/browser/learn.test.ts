import { wordsOf } from '../../site/src/words.ts'
import { expect, expectAccessible, firstLesson, inBothThemes, lesson, open, test, useFiles, verdict } from './page.ts'

for (const language of ['en', 'ja'] as const) {
  const words = wordsOf(language)

  test(`a learner reads, fails, looks at the evidence, fixes and passes (${language})`, async ({ page }) => {
    await open(page, `/${language}/`)
    await page.locator('[data-continue]').click()
    await expect(page).toHaveURL(new RegExp(`${await firstLesson(language)}$`))
    await open(page, lesson(language))
    await expect(page.getByRole('tabpanel', { name: words.work.task })).toContainText('SIGTERM')

    await useFiles(page, 'mistakes/exits-at-once')
    await page.keyboard.press('Control+Enter')
    expect(await verdict(page)).toBe('failed')
    const answered = page.locator('[data-check="answered"]')
    await expect(answered).toHaveAttribute('data-status', 'failed')
    await expect(page.locator('[data-check="signal"]')).toHaveAttribute('data-status', 'passed')
    await expect(page.locator('p[aria-live]').filter({ hasText: words.verdicts.failed.title })).toHaveCount(1)

    const picture = answered.getByRole('application')
    await expect(picture.locator('.mark.sigterm text')).toHaveText(words.evidence.marks.sigterm)
    await expect(picture.locator('.request.reset').first()).toBeAttached()
    await expect(answered.locator('.request-detail')).toContainText(words.evidence.fates.reset)
    await inBothThemes(page, (theme) => expectAccessible(page, `a failed verdict, ${theme}`))

    await useFiles(page, 'solution')
    await expect(page.getByText(words.run.olderThanFiles)).toBeVisible()
    await page.locator('.actions .primary').click()
    await expect(page.locator('.banner.passed')).toBeVisible({ timeout: 120_000 })
    await expect(page.locator('.check[data-status="passed"]')).toHaveCount(await page.locator('.check').count())
    await inBothThemes(page, (theme) => expectAccessible(page, `a passed verdict, ${theme}`))

    await page.getByRole('tab', { name: words.work.history }).click()
    await expect(page.locator('.history li')).toHaveCount(2)
    await open(page, `/${language}/progress/`)
    await expect(page.locator('.lesson-row[data-lab="graceful-stop"]')).toHaveAttribute('data-state', 'passed')
  })
}

test('a syntax error is named with its line, costs no container and leads to the place', async ({ page }) => {
  await open(page, lesson('en'))
  await useFiles(page, 'mistakes/missing-bracket')
  await page.locator('.actions .primary').click()
  expect(await verdict(page)).toBe('rejected')
  await page.getByRole('button', { name: /Go to server\.js, line \d+/ }).click()
  await expect(page.locator('.monaco-editor .squiggly-error').first()).toBeVisible()
})
