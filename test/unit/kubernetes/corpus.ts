import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Material that stands beside the project and not in it. Whoever has it checks against it; whoever has not sees why less is checked. */
const SHARED = join(import.meta.dirname, '../../../../shared')

/** A JSON file of the shared material, or undefined where it is absent, which is printed once. */
export const sharedJson = <T>(path: string): T | undefined => {
  const file = join(SHARED, path)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T
  console.info(`skipped: ../shared/${path} is not here`)
  return undefined
}

export const sharedText = (path: string): string => readFileSync(join(SHARED, path), 'utf8')
