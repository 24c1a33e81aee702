import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, Scalar, type YAMLMap } from 'yaml'
import type { Values } from '../../finding.ts'
import type { RuleId } from '../text/index.ts'
import type { Place } from './place.ts'
import { doubleQuoted, plainScalar } from './scalar.ts'

/** A problem at an offset of the file. */
export interface Problem {
  readonly rule: RuleId
  readonly offset: number
  readonly values: Values
}

export interface Plain {
  readonly value: unknown
  readonly place: Place
}

/** What one document may hold after its aliases are written out. Far above any manifest, far below what hurts. */
export const BOUNDS = { values: 50_000, depth: 80 } as const

class TooMuch extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.rule)
    this.problem = problem
  }
}

/**
 * A parsed document as plain data, each value with its place. Aliases are written out within `BOUNDS`; merge keys are merged; keys
 * become strings; a key whose value is null counts as not given, which is what an API server makes of it.
 */
export const toPlain = (document: Document.Parsed, text: string, problems: Problem[]): Plain | undefined => {
  if (document.contents === null) return undefined
  try {
    return new Reading(text, problems).read(document.contents as Node, 0)
  } catch (thrown) {
    if (!(thrown instanceof TooMuch)) throw thrown
    problems.push(thrown.problem)
    return undefined
  }
}

const TAGS = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`))

class Reading {
  readonly #text: string
  readonly #problems: Problem[]
  readonly #anchors = new Map<string, Node>()
  #values = 0

  constructor(text: string, problems: Problem[]) {
    this.#text = text
    this.#problems = problems
  }

  read(node: Node, depth: number): Plain {
    const offset = node.range?.[0] ?? 0
    this.#values += 1
    if (this.#values > BOUNDS.values) throw new TooMuch({ rule: 'yaml.too-large', offset, values: { allowed: BOUNDS.values } })
    if (depth > BOUNDS.depth) throw new TooMuch({ rule: 'yaml.too-deep', offset, values: { allowed: BOUNDS.depth } })
    if (isAlias(node)) return this.#alias(node.source, offset, depth)
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node)
    if (node.tag !== undefined && node.tag !== '!' && !TAGS.has(node.tag))
      this.#problems.push({ rule: 'yaml.tag', offset, values: { tag: node.tag.replace('tag:yaml.org,2002:', '!!') } })
    if (isMap(node)) return this.#map(node, depth)
    if (isSeq(node)) {
      const items = node.items.map((item) => this.read(item as Node, depth + 1))
      return { value: items.map(({ value }) => value), place: { offset, children: items.map(({ place }) => place) } }
    }
    return { value: isScalar(node) ? scalarValue(node, this.#text) : null, place: { offset } }
  }

  #alias(name: string, offset: number, depth: number): Plain {
    const target = this.#anchors.get(name)
    if (target === undefined) {
      this.#problems.push({ rule: 'yaml.alias', offset, values: { alias: name } })
      return { value: null, place: { offset } }
    }
    const { value, place } = this.read(target, depth + 1)
    return { value, place: { ...place, offset } }
  }

  #map(node: YAMLMap, depth: number): Plain {
    const value: Record<string, unknown> = Object.create(null)
    const children = new Map<string, Place>()
    const written = new Map<string, Place>()
    for (const pair of node.items) {
      if (isMergeKey(pair)) this.#merge(pair.value as Node | null, depth, value, children)
      else this.#entry(pair as Pair<Node, Node | null>, depth, value, children, written)
    }
    return { value, place: { offset: node.range?.[0] ?? 0, children } }
  }

  #entry(
    pair: Pair<Node, Node | null>,
    depth: number,
    value: Record<string, unknown>,
    children: Map<string, Place>,
    written: Map<string, Place>,
  ): void {
    const keyOffset = pair.key.range?.[0] ?? 0
    const key = this.read(pair.key, depth + 1).value
    if (typeof key === 'object') {
      this.#problems.push({ rule: 'yaml.key', offset: keyOffset, values: {} })
      return
    }
    const name = String(key)
    const read = pair.value === null ? { value: null, place: { offset: keyOffset } } : this.read(pair.value, depth + 1)
    const first = written.get(name)
    if (first !== undefined) {
      this.#problems.push({ rule: 'yaml.duplicate-key', offset: keyOffset, values: { key: name, first: first.keyOffset ?? first.offset } })
      return
    }
    const place = { ...read.place, keyOffset }
    written.set(name, place)
    children.set(name, place)
    put(value, name, read.value)
  }

  /**
   * `<<: *base` or `<<: [*a, *b]`: what is written below it wins over it, as it wins over what is written above; then the earlier of
   * several. Source: kubernetes-sigs/yaml, goyaml.v2/decode.go (mapping, merge), which puts keys in the order that they come in.
   */
  #merge(node: Node | null, depth: number, value: Record<string, unknown>, children: Map<string, Place>): void {
    if (node === null) return
    const { value: base, place } = this.read(node, depth + 1)
    const sources = Array.isArray(base)
      ? base.map((item: unknown, index) => [item, (place.children as readonly Place[])[index]] as const)
      : [[base, place] as const]
    for (const [source, from] of sources.toReversed()) {
      if (typeof source !== 'object' || source === null || !(from?.children instanceof Map)) {
        this.#problems.push({ rule: 'yaml.merge', offset: node.range?.[0] ?? 0, values: {} })
        continue
      }
      for (const [name, child] of from.children as ReadonlyMap<string, Place>) {
        children.set(name, child)
        put(value, name, (source as Record<string, unknown>)[name] ?? null)
      }
    }
  }
}

const put = (fields: Record<string, unknown>, name: string, value: unknown): void => {
  if (value === null) delete fields[name]
  else fields[name] = value
}

const isMergeKey = ({ key }: Pair): boolean => isScalar(key) && key.type === Scalar.PLAIN && key.source === '<<'

const scalarValue = (node: Scalar, text: string): unknown => {
  if (node.type === Scalar.QUOTE_DOUBLE && node.range) return doubleQuoted(text.slice(node.range[0], node.range[1]), String(node.value))
  if (node.type !== Scalar.PLAIN || node.tag === 'tag:yaml.org,2002:str' || node.tag === '!') return node.value
  return plainScalar(node.source ?? '')
}
