import { YAML_TEXT } from '../../../labs/kit/kubernetes/text/yaml.ts'

/** The parser's names for what stands there. */
const TOKENS: Readonly<Record<string, string>> = {
  scalar: '値',
  'map-value-ind': '「:」',
  'block-seq-ind': '「-」',
  'explicit-key-ind': '「?」',
  'flow-map-start': '「{」',
  'flow-map-end': '「}」',
  'flow-seq-start': '「[」',
  'flow-seq-end': '「]」',
  ',': '「,」',
}
const named = (token: string): string => TOKENS[token] ?? token

const SENTENCES: readonly (readonly [says: RegExp, ja: (...groups: string[]) => string])[] = [
  [/^Map keys must be unique$/, () => '同じキーが同じマッピングに 2 回あります。'],
  [/^Tabs are not allowed as indentation$/, () => YAML_TEXT['yaml.tab'].ja],
  [/^All (?:mapping|sequence) items must start at the same column$/, () => YAML_TEXT['yaml.indent'].ja],
  [/^A block sequence may not be used as an implicit map key$/, () => YAML_TEXT['yaml.indent'].ja],
  [
    /^Nested mappings are not allowed in compact mappings$/,
    () => '1 行にマッピングが重なっています。値に「: 」が入るときは引用符で囲んでください。',
  ],
  [/^Implicit map keys need to be followed by map values$/, () => 'キーに続く「:」がありません。'],
  [
    /^Implicit keys need to be on a single line$/,
    () => 'キーが 1 行に収まっていません。「:」の抜けかインデントのずれがないか、確かめてください。',
  ],
  [/^Missing closing (["'])quote$/, (quote = '') => `閉じる引用符「${quote}」がありません。`],
  [/^Missing , (?:or : )?between flow \w+ items$/, () => '要素の間に「,」がありません。'],
  [/^Missing space after : in flow \w+$/, () => '「:」の後に空白がありません。'],
  [/^Block collections are not allowed within flow collections$/, () => '括弧の中では、要素を「,」で区切ります。'],
  [
    /^Flow \w+ in block collection must be (?:sufficiently )?indented and end with a (.)$/,
    (end = '') => `閉じる括弧「${end}」がないか、インデントが足りません。`,
  ],
  [
    /^Invalid escape sequence (.+)$/,
    (sequence = '') => `「${sequence}」は YAML にないエスケープです。一重引用符で囲むと、そのままの文字になります。`,
  ],
  [/^Plain value cannot start with \D+ (\S)$/, (first = '') => `引用符のない値は「${first}」で始められません。引用符で囲んでください。`],
  [/^Block scalar header includes extra characters: (.+)$/, (header = '') => `「${header}」の記号の後に余計な文字があります。`],
  [
    /^Block collection cannot start on same line with directives-end marker$/,
    () => '「---」と同じ行には書けません。次の行から始めてください。',
  ],
  [/^Sequence item without - indicator$/, () => 'リストの要素に「-」がありません。'],
  [/^A node can have at most one (?:anchor|tag)$/, () => '1 つの値に付けられるアンカーとタグは、それぞれ 1 つだけです。'],
  [/^(?:Alias|Anchor) cannot be an empty string$/, () => 'エイリアスやアンカーの名前がありません。'],
  [/^Unexpected (\S+) at node end$/, (token = '') => `値の後に余計な${named(token)}があります。`],
  [/^Unexpected (\S+) on same line with key$/, (token = '') => `キーと同じ行に${named(token)}は書けません。次の行から始めてください。`],
  [/^Unexpected (\S+) in flow \w+$/, (token = '') => `ここに${named(token)}は書けません。`],
  [/^Unexpected \S+ token in YAML stream: "(.*)"$/, (source = '') => `ここに「${source}」は書けません。`],
]

/**
 * What the YAML parser stumbled over, in Japanese. The language server hands its sentences on as they are, past its own translations. One
 * that is not here stays in English.
 */
export const syntaxInJapanese = (says: string): string => {
  for (const [pattern, ja] of SENTENCES) {
    const groups = pattern.exec(says)
    if (groups) return ja(...groups.slice(1))
  }
  return says
}
