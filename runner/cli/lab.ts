import { defineCommand } from 'citty'

/** `hatoba lab`: for authors and tests; grades with the same code as the server. */
export const labCommand = defineCommand({
  meta: { name: 'lab', description: 'List labs, begin one, grade one, prove that every lab grades as it declares' },
  subCommands: {
    list: () => import('./lab-list.ts').then(({ listCommand }) => listCommand),
    new: () => import('./lab-new.ts').then(({ newCommand }) => newCommand),
    check: () => import('./lab-check.ts').then(({ checkCommand }) => checkCommand),
    verify: () => import('./lab-verify.ts').then(({ verifyCommand }) => verifyCommand),
  },
})
