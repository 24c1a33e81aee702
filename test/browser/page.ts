import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import { parse } from 'yaml'
import { CHECKOUT } from '../../runner/environment.ts'
import { type RunningHatoba, startHatoba } from './server.ts'

export { expect }

const LAB = join(CHECKOUT, 'labs/operability/graceful-stop')
export const LESSON = 'operability/stopping-safely'

/** One server for all tests of a file, and a page on which nothing may go wrong unseen. */
export const test = base.extend<{ clean: undefined }, { hatoba: RunningHatoba }>({
  hatoba: [
    // biome-ignore lint/correctness/noEmptyPattern: the form in which Playwright declares that a fixture needs no other
    async ({}, use) => {
      await using hatoba = await startHatoba()
      await use(hatoba)
    },
    { scope: 'worker', timeout: 200_000 },
  ],
  baseURL: async ({ hatoba }, use) => {
    await use(hatoba.url)
  },
  clean: [
    async ({ page }, use) => {
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) errors.push(message.text())
      })
      await use(undefined)
      expect(errors, 'uncaught errors and violations of the page policy').toEqual([])
    },
    { auto: true },
  ],
})

/**
 * Goes to a page and waits until its workspace, where it has one, is alive. Chromium drops what it is loading when an address of the
 * machine appears or goes, as it does when a sandbox's network is made or removed; a person presses reload.
 */
export const open = async (page: Page, path: string): Promise<void> => {
  for (;;) {
    try {
      await page.goto(path)
      break
    } catch (cause) {
      if (!String(cause).includes('ERR_NETWORK_CHANGED')) throw cause
    }
  }
  // A page whose script was dropped on the way loads itself again, and forgets that once it has stood for a while.
  await page.waitForFunction(() => sessionStorage.getItem('hatoba.reloads') === null)
  await expect(page.locator('.workspace astro-island[ssr]')).toHaveCount(0)
}

export const lesson = (language: 'en' | 'ja'): string => `/${language}/${LESSON}/`

/** Where somebody who has not begun is sent: the first lesson of the first track. */
export const firstLesson = async (language: 'en' | 'ja'): Promise<string> => {
  const { tracks } = parse(await readFile(join(CHECKOUT, 'content/tracks.yaml'), 'utf8'))
  return `/${language}/${tracks[0].id}/${tracks[0].lessons[0]}/`
}

/** A file of the lab as it stands in one of its folders: `starter`, `solution`, `mistakes/<name>`. */
export const labFile = (folder: string, path: string): Promise<string> => readFile(join(LAB, folder, path), 'utf8')

/** Puts a whole text into a file the way a person does: focus, select all, paste. */
export const replaceFile = async (page: Page, path: string, text: string): Promise<void> => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('tab', { name: path }).click()
  const field = page.locator(`textarea[data-path="${path}"]`)
  if (await field.isVisible()) await field.click()
  const editor = page.locator('.monaco-editor').first()
  await expect(editor).toBeVisible()
  await editor.locator('.view-lines').click()
  await page.evaluate((content) => navigator.clipboard.writeText(content), text)
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.press('ControlOrMeta+V')
}

export const useFiles = async (page: Page, folder: string, paths: readonly string[] = ['server.js', 'entrypoint.sh']): Promise<void> => {
  for (const path of paths) await replaceFile(page, path, await labFile(folder, path).catch(() => labFile('solution', path)))
}

/** Waits for the verdict and says which it is. */
export const verdict = async (page: Page): Promise<string> => {
  const banner = page.locator('.banner[data-outcome]')
  await expect(banner).toBeVisible({ timeout: 120_000 })
  return (await banner.getAttribute('data-outcome')) ?? ''
}

/** No finding of axe, in the theme that the page shows now. */
export const expectAccessible = async (page: Page, state: string): Promise<void> => {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const told = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n  ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`).join('\n  ')}`,
  )
  expect(told, `axe on ${state}`).toEqual([])
}

export const inBothThemes = async (page: Page, look: (theme: string) => Promise<void>): Promise<void> => {
  for (const theme of ['light', 'dark']) {
    await page.evaluate((wanted) => {
      document.documentElement.dataset['theme'] = wanted
    }, theme)
    await look(theme)
  }
}
