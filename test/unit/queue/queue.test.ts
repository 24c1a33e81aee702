import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openStore } from '../../../runner/store/store.ts'
import { describeQueue } from './suite.ts'

const data = await mkdtemp(join(tmpdir(), 'hatoba-queue-'))
afterAll(() => rm(data, { recursive: true }))

describeQueue('the embedded PostgreSQL', () => openStore({ data }))
