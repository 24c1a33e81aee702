import { describe, expect, it } from 'vitest'
import { bootstrap } from '../../../runner/images/bootstrap.ts'
import { imagesOf } from '../../../runner/images/needed.ts'
import { recipeOf, referenceOf, toBootstrap } from '../../../runner/images/recipe.ts'

const recipe = recipeOf('node')

describe('the lab image', () => {
  it('is one for both languages, and one for all servers', () => {
    expect(recipeOf('python')).toBe(recipe)
    expect(recipeOf('nginx')).toBe(recipeOf('redis'))
    expect(recipeOf('postgres')).toBe(recipeOf('redis'))
  })

  it('is built when a lab of those at hand names it, for itself or for a service', () => {
    const need = { kind: 'docker', network: 'internal' } as const
    expect(imagesOf([{}])).toEqual(['node'])
    expect(imagesOf([{ sandbox: { ...need, image: 'python' as const } }])).toHaveLength(1)
    expect(
      imagesOf([{ sandbox: { ...need, image: 'node' as const, images: ['redis', 'postgres'] as const } }]).map(
        (name) => referenceOf(recipeOf(name)).split(':')[0],
      ),
    ).toEqual(['hatoba/node', 'hatoba/servers'])
  })

  it('is named by what decides its content', () => {
    const reference = referenceOf(recipe, 'x64')
    expect(reference).toMatch(/^hatoba\/node:[0-9a-f]{12}$/)
    expect(referenceOf({ ...recipe }, 'x64')).toBe(reference)
    expect(referenceOf(recipe, 'arm64')).not.toBe(reference)
    expect(referenceOf({ ...recipe, packages: [...recipe.packages, 'tzdata'] }, 'x64')).not.toBe(reference)
  })

  it('is made of essential packages and those named, from whatever folder Node is in', () => {
    const args = toBootstrap(recipe, { nodeBinary: "/it's here/node", npmFolder: '/modules/npm' })
    expect(args.slice(0, 2)).toEqual(['--variant=essential', '--include=iptables,libfaketime,libstdc++6,python3,python3-psycopg2'])
    expect(args).toContain(`--customize-hook=install -m 755 '/it'\\''s here/node' "$1/usr/local/bin/node"`)
    expect(args.join('\n')).toContain(`cp -RL '/modules/npm' "$1/usr/local/lib/node_modules"/npm`)
    expect(args.slice(-2)).toEqual(['bookworm', '-'])
  })

  it('that cannot be built says what the builder said', async () => {
    const { tar, done } = bootstrap(['--variant=nonsense', 'bookworm', '-'], () => {})
    tar.resume()
    await expect(done).rejects.toMatchObject({ code: 'image.build' })
  })
})
