import type { Localized } from '../finding.ts'

const TYPE = {
  en: '{wanted, select, array {a list} object {a mapping} string {a text} number {a number} boolean {true or false} other {{wanted}}}',
  ja: '{wanted, select, array {リスト} object {マッピング} string {文字列} number {数値} boolean {true か false} other {{wanted}}}',
}
const FOUND = {
  en: '{found, select, array {a list} object {a mapping} string {a text} number {a number} boolean {true or false} other {something else}}',
  ja: '{found, select, array {リスト} object {マッピング} string {文字列} number {数値} boolean {true か false} other {別のもの}}',
}

/** Sentences about a form that has not the shape it must have. */
export const FORM_TEXT = {
  'form.empty': {
    because: { en: '`{file}` holds nothing that could be read.', ja: '`{file}` に読み取れる内容がありません。' },
  },
  'form.several': {
    because: {
      en: '`{file}` holds {documents} documents, parted by `---`. Only one can count.',
      ja: '`{file}` には `---` で区切られたドキュメントが {documents} 個あります。有効にできるのは 1 個だけです。',
    },
  },
  'form.missing': {
    because: { en: '`{key}` is missing here.', ja: 'ここに `{key}` がありません。' },
  },
  'form.unknown': {
    because: { en: '`{key}` is not known here.', ja: '`{key}` は、ここでは使われない名前です。' },
    hint: { en: 'Known here: {known}.', ja: 'ここで使える名前: {known}' },
  },
  'form.misspelt': {
    because: {
      en: '`{key}` is not known here. Did you mean `{similar}`?',
      ja: '`{key}` は、ここでは使われない名前です。`{similar}` のことでしょうか。',
    },
  },
  'form.type': {
    because: {
      en: `\`{path}\` must be ${TYPE.en}; here stands ${FOUND.en}.`,
      ja: `\`{path}\` には${TYPE.ja}を書きます。ここにあるのは${FOUND.ja}です。`,
    },
  },
  'form.value': {
    because: { en: '`{path}` cannot be what it is here: {says}.', ja: '`{path}` にこの値は使えません ({says})。' },
  },
} as const satisfies Record<string, { because: Localized; hint?: Localized }>

export type FormRule = keyof typeof FORM_TEXT
