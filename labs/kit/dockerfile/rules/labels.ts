import type { Dockerfile } from '../read.ts'
import { everything, type Hit, type LabelKind, type LintOptions, lineage, type Rule } from '../rule.ts'

const labelsOf = (dockerfile: Dockerfile) =>
  everything(dockerfile)
    .filter(({ keyword }) => keyword === 'LABEL')
    .flatMap((instruction) => instruction.pairs.map(({ name, value = '' }) => ({ line: instruction.line, name, value })))

const KEY = /^[a-z](?:[a-z0-9]|[.-](?=[a-z0-9]))*$/
const RESERVED = /^(?:com\.docker|io\.docker|org\.dockerproject)\./

/** What a label of each kind looks like; anything with a variable in it is left alone. */
const LOOKS: Readonly<Record<Exclude<LabelKind, 'text'>, (value: string) => boolean>> = {
  url: (value) => URL.canParse(value) && /^[a-z][a-z0-9+.-]*:\/\//i.test(value),
  time: (value) => /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value)),
  spdx: (value) =>
    value !== '' &&
    value
      .split(/\s+(?:AND|OR|WITH)\s+|[()\s]+/)
      .filter(Boolean)
      .every((id) => SPDX.has(id.replace(/\+$/, '')) || /^LicenseRef-[\w.-]+$/.test(id)),
  hash: (value) => /^(?:[0-9a-f]{7}|[0-9a-f]{40}|[0-9a-f]{64})$/.test(value),
  semver: (value) => /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.test(value),
  email: (value) => /^[^\s@<>"]+@[^\s@<>".]+(?:\.[^\s@<>".]+)+$/.test(value),
}

/** The identifiers that images carry; the whole list has six hundred. */
const SPDX = new Set(
  `0BSD AFL-3.0 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-2.0 BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause
  BSD-3-Clause-Clear BSD-4-Clause BSL-1.0 BUSL-1.1 CC-BY-4.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CECILL-2.1 ECL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1
  EUPL-1.2 GPL-2.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0-only GPL-3.0-or-later ISC LGPL-2.0-only LGPL-2.1 LGPL-2.1-only LGPL-2.1-or-later
  LGPL-3.0 LGPL-3.0-only LGPL-3.0-or-later MIT MIT-0 MPL-1.1 MPL-2.0 MS-PL MS-RL MulanPSL-2.0 NCSA OFL-1.1 OpenSSL OSL-3.0 PHP-3.01 PostgreSQL
  Python-2.0 Ruby SSPL-1.0 Unlicense UPL-1.0 Vim WTFPL X11 Zlib ZPL-2.1 Classpath-exception-2.0 LLVM-exception`
    .trim()
    .split(/\s+/),
)

const shape = (id: string, kind: Exclude<LabelKind, 'text'>, en: string, ja: string): Rule => ({
  id,
  source: 'hadolint',
  severity: 'warning',
  message: { en: `The label \`{name}\` should be ${en}.`, ja: `ラベル \`{name}\` の値は${ja}でなければなりません。` },
  *check(dockerfile, { labels = {} }) {
    for (const { line, name, value } of labelsOf(dockerfile)) {
      if (labels[name] === kind && value !== '' && !value.includes('$') && !LOOKS[kind](value)) yield { line, values: { name } }
    }
  },
})

const missing = function* (dockerfile: Dockerfile, { labels = {} }: LintOptions): Iterable<Hit> {
  const stages = lineage(dockerfile)
  const last = stages.at(-1)
  if (!last) return
  const there = new Set(
    stages.flatMap(({ instructions }) =>
      instructions.filter(({ keyword }) => keyword === 'LABEL').flatMap((instruction) => instruction.pairs.map(({ name }) => name)),
    ),
  )
  for (const name of Object.keys(labels)) if (!there.has(name)) yield { line: last.from.line, values: { name } }
}

/** Rules about labels, numbered as hadolint numbers them. All but the first ask what the lab declares in its options. */
export const LABEL_RULES: readonly Rule[] = [
  {
    id: 'DL3048',
    source: 'hadolint',
    severity: 'style',
    message: {
      en: '`{name}` is no good label: lower-case words with dots and dashes, and not the names Docker keeps for itself.',
      ja: '`{name}` はラベル名として不適切です。小文字の単語をドットやハイフンでつなぎ、Docker の予約名は避けます。',
    },
    *check(dockerfile) {
      for (const { line, name } of labelsOf(dockerfile))
        if (!name.includes('$') && (!KEY.test(name) || RESERVED.test(name))) yield { line, values: { name } }
    },
  },
  {
    id: 'DL3049',
    source: 'hadolint',
    severity: 'info',
    message: { en: 'The label `{name}` is missing.', ja: 'ラベル `{name}` がありません。' },
    check: missing,
  },
  {
    id: 'DL3050',
    source: 'hadolint',
    severity: 'info',
    message: { en: 'The label `{name}` is not one of those agreed on.', ja: 'ラベル `{name}` は取り決めにありません。' },
    *check(dockerfile, { labels = {}, onlyLabels = false }) {
      if (onlyLabels) for (const { line, name } of labelsOf(dockerfile)) if (!(name in labels)) yield { line, values: { name } }
    },
  },
  {
    id: 'DL3051',
    source: 'hadolint',
    severity: 'warning',
    message: { en: 'The label `{name}` is empty.', ja: 'ラベル `{name}` が空です。' },
    *check(dockerfile, { labels = {} }) {
      for (const { line, name, value } of labelsOf(dockerfile)) if (name in labels && value === '') yield { line, values: { name } }
    },
  },
  shape('DL3052', 'url', 'a URL', ' URL '),
  shape('DL3053', 'time', 'a time as RFC 3339 writes it', ' RFC 3339 形式の時刻'),
  shape('DL3054', 'spdx', 'an SPDX licence identifier', ' SPDX のライセンス識別子'),
  shape('DL3055', 'hash', 'a Git hash', ' Git のハッシュ'),
  shape('DL3056', 'semver', 'a semantic version', 'セマンティックバージョン'),
  shape('DL3058', 'email', 'an e-mail address', 'メールアドレス'),
]
