import type { Sentence } from './sentence.ts'

/** What can be wrong before a file is an object at all. */
export const YAML_TEXT = {
  'yaml.syntax': {
    en: 'This line is not valid YAML: {says}',
    ja: 'この行は YAML として読み取れません。パーサーの報告: {says}',
  },
  'yaml.tab': {
    en: 'A tab is used for indentation. YAML indents with spaces only.',
    ja: 'インデントにタブが使われています。YAML のインデントに使えるのは空白だけです。',
  },
  'yaml.indent': {
    en: 'The indentation here does not fit the lines above it.',
    ja: 'この行のインデントが、上の行と合っていません。',
  },
  'yaml.missing-char': {
    en: 'A character is missing here: {says}',
    ja: 'ここで文字が足りません。パーサーの報告: {says}',
  },
  'yaml.escape': {
    en: 'A text in double quotes has an escape that YAML does not know.',
    ja: '二重引用符の中に、YAML にないエスケープがあります。',
    hint: {
      en: 'In single quotes a backslash is a backslash.',
      ja: '一重引用符の中では、バックスラッシュはそのままの文字として扱われます。',
    },
  },
  'yaml.alias-syntax': {
    en: 'This alias (`*name`) cannot be used here.',
    ja: 'このエイリアス (`*name`) は、ここでは使えません。',
  },
  'yaml.alias': {
    en: 'The alias `*{alias}` has no anchor `&{alias}` before it.',
    ja: 'エイリアス `*{alias}` より前に、アンカー `&{alias}` がありません。',
  },
  'yaml.tag': {
    en: 'The YAML tag `{tag}` cannot be used here; only the standard ones (`!!str`, `!!int`, ...) are read.',
    ja: 'YAML タグ `{tag}` はここでは使えません。読み取るのは標準のタグ (`!!str`、`!!int` など) だけです。',
  },
  'yaml.key': {
    en: 'A mapping or a list stands where a key is expected.',
    ja: 'キーがあるはずの位置に、マッピングまたはリストがあります。',
    hint: {
      en: 'A template placeholder with two braces reads as a mapping in a mapping: quote it.',
      ja: '波括弧を 2 つ重ねたテンプレート記法は、マッピングの中のマッピングと解釈されます。引用符で囲んでください。',
    },
  },
  'yaml.duplicate-key': {
    en: 'The key `{key}` appears twice in one mapping, first on line {first}. Only one of them can count.',
    ja: 'キー `{key}` が同じマッピングに 2 回あります (1 回目は {first} 行目)。有効になるのはどちらか一方だけです。',
  },
  'yaml.merge': {
    en: 'The merge key `<<` needs a mapping, or a list of mappings.',
    ja: 'マージキー `<<` の値は、マッピングまたはマッピングのリストでなければなりません。',
  },
  'yaml.too-large': {
    en: 'With its aliases written out, the document has more than {allowed, number} values. It is not read further.',
    ja: 'エイリアスを展開すると、値が {allowed, number} 個を超えます。これより先は読み取っていません。',
  },
  'yaml.too-deep': {
    en: 'Values are nested more than {allowed, number} levels deep. The document is not read further.',
    ja: '値の入れ子が {allowed, number} 段を超えています。これより先は読み取っていません。',
  },
  'yaml.too-long': {
    en: 'The file has more than {allowed, number} characters. It is not read.',
    ja: 'ファイルが {allowed, number} 文字を超えているため、読み取っていません。',
  },
  'yaml.too-many': {
    en: 'The file has more than {allowed, number} documents. It is not read.',
    ja: 'ファイルに {allowed, number} 個を超えるドキュメントがあるため、読み取っていません。',
  },
  'manifest.no-object': {
    en: 'A Kubernetes object is a mapping with `apiVersion` and `kind`; here stands something else.',
    ja: 'Kubernetes オブジェクトは `apiVersion` と `kind` を持つマッピングですが、ここには別のものがあります。',
  },
  'manifest.no-kind': {
    en: 'The object does not say what it is: `kind` is missing.',
    ja: '`kind` がないため、何のオブジェクトか分かりません。',
  },
  'manifest.no-api-version': {
    en: 'The object does not say which API it is written for: `apiVersion` is missing.',
    ja: '`apiVersion` がないため、どの API 向けのオブジェクトか分かりません。',
  },
} as const satisfies Record<string, Sentence>
