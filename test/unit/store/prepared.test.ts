import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../../runner/store/store.ts'

describe('statements of the embedded store', () => {
  let data: string
  let store: Store
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'hatoba-prepared-'))
    store = await openStore({ data })
    await sql`create table things (id integer primary key, word text, list integer[], at timestamptz, value jsonb)`.execute(store.db)
  })
  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    await rm(data, { recursive: true })
  })

  const add = (id: number, word: string | null) => sql`insert into things (id, word) values (${id}, ${word})`.execute(store.db)
  const words = async () =>
    (await sql<{ id: number; word: string | null }>`select id, word from things where id < ${1000} order by id`.execute(store.db)).rows

  it('gives the same answers again and again', async () => {
    for (let id = 1; id <= 12; id += 1) await add(id, id % 3 === 0 ? null : `word ${id}`)
    for (let times = 0; times < 3; times += 1) {
      expect((await words()).slice(0, 3)).toEqual([
        { id: 1, word: 'word 1' },
        { id: 2, word: 'word 2' },
        { id: 3, word: null },
      ])
    }
    const { numAffectedRows } = await sql`update things set word = ${'new'} where id > ${10}`.execute(store.db)
    expect(numAffectedRows).toBe(2n)
  })

  it('carry arrays, dates and objects there and back', async () => {
    const at = new Date('2026-01-02T03:04:05.678Z')
    for (const id of [101, 102]) {
      await sql`insert into things values (${id}, ${'日本 \' " $1'}, ${[1, 2]}, ${at}, ${JSON.stringify({ a: ['b'] })}::jsonb)`.execute(
        store.db,
      )
      const { rows } = await sql`select word, list, at, value from things where id = ${id}`.execute(store.db)
      expect(rows).toEqual([{ word: '日本 \' " $1', list: [1, 2], at, value: { a: ['b'] } }])
    }
  })

  it('fail as they would, and work again afterwards, inside a transaction and outside', async () => {
    for (let times = 0; times < 2; times += 1) {
      await expect(add(1, 'there already')).rejects.toMatchObject({ code: '23505' })
      await add(200 + times, 'fine')
    }
    const failing = store.db.transaction().execute(async (tx) => {
      await sql`insert into things (id, word) values (${300}, ${'undone'})`.execute(tx)
      await sql`insert into things (id, word) values (${1}, ${'there already'})`.execute(tx)
    })
    await expect(failing).rejects.toMatchObject({ code: '23505' })
    await add(300, 'done')
    expect((await words()).at(-1)).toEqual({ id: 300, word: 'done' })
  })

  it('go on when a table has been changed', async () => {
    const all = () => sql`select * from things where id = ${1}`.execute(store.db)
    await all()
    await sql`alter table things add column more text default 'more'`.execute(store.db)
    // As everywhere in PostgreSQL, one that was prepared before fails once.
    await all().catch(() => {})
    expect((await all()).rows[0]).toMatchObject({ id: 1, more: 'more' })
  })

  it('do not get slower as a table grows, though nobody gathers statistics', async () => {
    await sql`select id from things where id = ${5}`.execute(store.db)
    await sql`insert into things (id) select generate_series(1000, 60000)`.execute(store.db)
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select id from things where id = ${5}`.execute(store.db)
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index/)
  })

  it('one after the other, however many are asked at once', async () => {
    const asked = Array.from({ length: 50 }, (_, id) =>
      sql<{ id: number }>`select id from things where id = ${id + 1000}`.execute(store.db),
    )
    expect((await Promise.all(asked)).map(({ rows }) => rows[0]?.id)).toEqual(Array.from({ length: 50 }, (_, id) => id + 1000))
  })
})
