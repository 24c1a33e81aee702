/** What the YAML language server says of a manifest, by its English words. The API's own descriptions have no other language. */
export const JAPANESE: Readonly<Record<string, string>> = {
  'Property {0} is not allowed.': '{0} というフィールドはありません。',
  'Missing property "{0}".': '{0} が足りません。',
  'Incorrect type. Expected "{0}".': '型が違います。期待: {0}。',
  'Incorrect type. Expected one of {0}.': '型が違います。期待: {0} のいずれか。',
  'Value is not accepted. Valid values: {0}.': 'この値は使えません。使える値: {0}。',
  'String is not a RFC3339 date-time.': 'RFC 3339 形式の日時ではありません。',
  'Allowed Values:': '使える値:',
  'Default value': '既定値',
  '- (array item) ': '- (リストの要素) ',
  'Create an item of an array{0}{1}': 'リストの要素を 1 つ作ります{0}{1}',
  'Unused anchor "{0}"': 'アンカー {0} はどこからも参照されていません。',
  'Unresolved alias "{0}"': 'エイリアス {0} の参照先がありません。',
}
