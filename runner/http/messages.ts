import type { Language } from '../../labs/kit/finding.ts'
import type { RefusalCode } from './refusal.ts'

export type Values = Readonly<Record<string, string | number>>

interface Sentences {
  readonly message: string
  readonly next: string
}

/** What is the matter and what to do now. `{name}` is filled from the refusal's values. */
export const MESSAGES: Readonly<Record<RefusalCode, Readonly<Record<Language, Sentences>>>> = {
  'body.malformed': {
    en: { message: 'The request is not valid JSON: {problem}.', next: 'Send a JSON object with `lab`, `files` and `language`.' },
    ja: {
      message: 'リクエストが JSON として読めません: {problem}。',
      next: '`lab`、`files`、`language` を持つ JSON オブジェクトを送ってください。',
    },
  },
  'body.not-utf8': {
    en: { message: 'The request is not UTF-8.', next: 'Save the files as UTF-8 and send them again.' },
    ja: { message: 'リクエストが UTF-8 ではありません。', next: 'ファイルを UTF-8 で保存してから、もう一度送ってください。' },
  },
  'body.duplicate-key': {
    en: { message: 'The key `{key}` occurs twice in one object.', next: 'Send each key and each file once.' },
    ja: { message: '同じオブジェクトの中にキー `{key}` が 2 回あります。', next: 'キーもファイルも 1 回ずつ送ってください。' },
  },
  'body.too-deep': {
    en: { message: 'The JSON is nested more than {allowed} levels deep.', next: 'Send `files` as a flat object: path to text.' },
    ja: {
      message: 'JSON の入れ子が {allowed} 段を超えています。',
      next: '`files` は、パスをキー、本文を値とする平らなオブジェクトで送ってください。',
    },
  },
  'body.not-json': {
    en: { message: 'The request does not say that it is JSON.', next: 'Send it with the header `Content-Type: application/json`.' },
    ja: { message: 'リクエストが JSON だと示されていません。', next: 'ヘッダー `Content-Type: application/json` を付けて送ってください。' },
  },
  'body.too-large': {
    en: { message: 'The request is larger than {allowedKiB} KiB.', next: 'Remove what does not belong to the lab and send it again.' },
    ja: { message: 'リクエストが {allowedKiB} KiB を超えています。', next: '演習に関係のない内容を取り除いて、もう一度送ってください。' },
  },
  'body.invalid': {
    en: {
      message: 'The field `{field}` does not have the expected form.',
      next: 'Send `lab` (text), `files` (an object of path to text) and `language` (`en` or `ja`), and nothing else.',
    },
    ja: {
      message: '項目 `{field}` の形式が想定と異なります。',
      next: '`lab` (文字列)、`files` (パスと本文のオブジェクト)、`language` (`en` または `ja`) だけを送ってください。',
    },
  },
  'query.invalid': {
    en: { message: 'The parameter `{field}` does not have the expected form.', next: 'Correct the address and ask again.' },
    ja: { message: 'パラメーター `{field}` の形式が想定と異なります。', next: 'アドレスを直して、もう一度お試しください。' },
  },
  'lab.unknown': {
    en: { message: 'There is no lab `{lab}` here.', next: '`GET /api/labs` lists the labs of this server.' },
    ja: { message: '演習 `{lab}` はこのサーバーにありません。', next: '演習の一覧は `GET /api/labs` で確認できます。' },
  },
  'file.path': {
    en: {
      message: '`{file}` is not a plain relative path.',
      next: 'Name files as the lab does: relative, with forward slashes, without `..` or control characters.',
    },
    ja: {
      message: '`{file}` は単純な相対パスではありません。',
      next: '演習と同じ名前を使ってください。相対パスで、区切りは `/`、`..` や制御文字は使えません。',
    },
  },
  'file.collision': {
    en: {
      message: '`{file}` differs from another file only in case or in how its characters are written.',
      next: 'Send each file once, named as the lab names it.',
    },
    ja: {
      message: '`{file}` は、大文字小文字や文字の表し方だけが異なる別のファイルと重なります。',
      next: '演習と同じ名前で、1 つずつ送ってください。',
    },
  },
  'file.unknown': {
    en: { message: 'The lab has no file `{file}`.', next: 'Send only the files that the lab lets you edit.' },
    ja: { message: 'この演習に `{file}` というファイルはありません。', next: '演習で編集できるファイルだけを送ってください。' },
  },
  'file.read-only': {
    en: { message: '`{file}` belongs to the lab and is the same for everybody.', next: 'Leave it out; the lab adds its own.' },
    ja: { message: '`{file}` は演習側のファイルで、全員に共通です。', next: 'このファイルは含めずに送ってください。演習側で追加します。' },
  },
  'file.missing': {
    en: { message: '`{file}` is missing.', next: 'Send every file that the lab lets you edit, changed or not.' },
    ja: { message: '`{file}` がありません。', next: '編集できるファイルは、変更していないものも含めてすべて送ってください。' },
  },
  'file.not-text': {
    en: {
      message: '`{file}` holds characters that are not text (a NUL, or half of a surrogate pair).',
      next: 'Remove them, or save the file again as UTF-8.',
    },
    ja: {
      message: '`{file}` に、テキストではない文字 (NUL、または対になっていないサロゲート) が含まれています。',
      next: 'その文字を取り除くか、UTF-8 で保存し直してください。',
    },
  },
  'file.too-large': {
    en: { message: '`{file}` is larger than {allowedKiB} KiB.', next: 'Shorten it and send it again.' },
    ja: { message: '`{file}` が {allowedKiB} KiB を超えています。', next: '短くしてから、もう一度送ってください。' },
  },
  'files.too-many': {
    en: { message: 'More than {allowed} files were sent.', next: 'Send only the files that the lab lets you edit.' },
    ja: { message: 'ファイルが {allowed} 個を超えています。', next: '演習で編集できるファイルだけを送ってください。' },
  },
  'files.too-large': {
    en: { message: 'The files together are larger than {allowedKiB} KiB.', next: 'Shorten them and send them again.' },
    ja: { message: 'ファイルの合計が {allowedKiB} KiB を超えています。', next: '短くしてから、もう一度送ってください。' },
  },
  'submission.unknown': {
    en: { message: 'You have no submission with this id.', next: '`GET /api/submissions?lab=ID` lists your own.' },
    ja: { message: 'この ID の提出は見つかりません。', next: 'ご自分の提出は `GET /api/submissions?lab=ID` で確認できます。' },
  },
  'hint.unknown': {
    en: { message: 'This lab has {hints} hints.', next: 'Ask for one from 1 to {hints}.' },
    ja: { message: 'この演習のヒントは {hints} 個です。', next: '1 から {hints} までの番号を指定してください。' },
  },
  'solution.early': {
    en: {
      message: 'The solution opens after the second failed submission.',
      next: 'Try once more, read a hint, or ask for it with `?asked=1`.',
    },
    ja: {
      message: '模範解答は、2 回目の不合格のあとに表示されます。',
      next: 'もう一度試すか、ヒントを読むか、`?asked=1` を付けて表示してください。',
    },
  },
  'learner.waiting': {
    en: {
      message: '{allowed} of your submissions have no verdict yet.',
      next: 'Wait for one of them, then send this one again; your files are unchanged.',
    },
    ja: {
      message: '判定を待っている提出が {allowed} 件あります。',
      next: 'どれかの判定が出てから、もう一度送ってください。ファイルはそのままです。',
    },
  },
  'rate.learner': {
    en: {
      message: 'More requests came from you than this server takes in a minute.',
      next: 'Try again in {seconds} s; nothing was counted.',
    },
    ja: {
      message: '1 分あたりの上限を超えるリクエストが届きました。',
      next: '{seconds} 秒後にもう一度お試しください。試行回数には数えていません。',
    },
  },
  'streams.too-many': {
    en: { message: 'More than {allowed} event streams are open at once.', next: 'Close pages that follow a submission and try again.' },
    ja: {
      message: '同時に開いているイベントストリームが {allowed} 本を超えています。',
      next: '提出を表示しているページを閉じて、もう一度お試しください。',
    },
  },
  'rate.address': {
    en: {
      message: 'More requests came from your network address than this server takes in a minute.',
      next: 'Try again in {seconds} s; nothing was counted.',
    },
    ja: {
      message: 'お使いのネットワークアドレスから、1 分あたりの上限を超えるリクエストが届きました。',
      next: '{seconds} 秒後にもう一度お試しください。試行回数には数えていません。',
    },
  },
  'host.refused': {
    en: {
      message: 'This server does not answer to the name `{host}`.',
      next: 'Use the address that Hatoba printed at its start, or start it with `--host {host}`.',
    },
    ja: {
      message: 'このサーバーは `{host}` という名前では応答しません。',
      next: '起動時に表示されたアドレスを使うか、`--host {host}` を付けて起動してください。',
    },
  },
  'origin.refused': {
    en: { message: 'The request was sent by a page of another site.', next: 'Open Hatoba itself and send it from there.' },
    ja: { message: '別のサイトのページから送られたリクエストです。', next: 'Hatoba のページを開き、そこから送ってください。' },
  },
  'route.unknown': {
    en: { message: 'The API has no `{method} {path}`.', next: 'Check the address and the method.' },
    ja: { message: 'API に `{method} {path}` はありません。', next: 'アドレスとメソッドを確認してください。' },
  },
  'server.stopping': {
    en: {
      message: 'The server is stopping and takes no more submissions.',
      next: 'Your files are unchanged; send them again when it is back.',
    },
    ja: {
      message: 'サーバーを停止しているため、新しい提出を受け付けていません。',
      next: 'ファイルはそのままです。再開したら、もう一度送ってください。',
    },
  },
  fault: {
    en: {
      message: 'This one is on us: the server could not answer. Nothing was counted.',
      next: 'Try again in a minute; if it stays, tell the operator {id}.',
    },
    ja: {
      message: 'こちら側の問題で応答できませんでした。試行回数には数えていません。',
      next: '少し待ってからもう一度お試しください。続く場合は、管理者に {id} とお伝えください。',
    },
  },
}
