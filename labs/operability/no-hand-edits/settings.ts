import { z } from 'zod'
import { seeded } from '../../kit/index.ts'
import { ENVIRONMENTS, type EnvironmentName } from './release.ts'

const settings = z.strictObject({ title: z.string(), stockUrl: z.url(), stockKey: z.string() })

/** What one environment is to be like: our own file, the same for everybody. */
export type Settings = z.infer<typeof settings>
export type SettingsOf = Readonly<Record<EnvironmentName, Settings>>

export const SETTINGS = ['settings.test.json', 'settings.staging.json', 'settings.production.json'] as const

/** The settings of all environments. Throws when our own files are broken. */
export const readSettings = (files: Readonly<Record<(typeof SETTINGS)[number], string>>): SettingsOf => ({
  test: settings.parse(JSON.parse(files['settings.test.json'])),
  staging: settings.parse(JSON.parse(files['settings.staging.json'])),
  production: settings.parse(JSON.parse(files['settings.production.json'])),
})

/** What the stock service holds for an environment. */
export interface Account {
  readonly environment: EnvironmentName
  readonly port: number
  readonly key: string
  readonly left: number
}

/** One account for each environment; how much is left in it nobody can know who does not ask. */
export const accountsFor = (of: SettingsOf, seed: number): readonly Account[] => {
  const choose = seeded(seed)
  return ENVIRONMENTS.map((environment, index) => ({
    environment,
    port: Number(new URL(of[environment].stockUrl).port),
    key: of[environment].stockKey,
    left: 1000 * (index + 1) + choose.number(1, 999),
  }))
}

/** Values that belong to one environment and to no image. */
export const ownValues = (of: SettingsOf) =>
  ENVIRONMENTS.flatMap((environment) =>
    (['stockKey', 'stockUrl', 'title'] as const).map((setting) => ({ environment, setting, value: of[environment][setting] })),
  )
