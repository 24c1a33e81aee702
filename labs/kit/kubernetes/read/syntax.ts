import type { YAMLParseError } from 'yaml'
import type { RuleId } from '../text/index.ts'

/** The sentence for what the parser stumbled over; a general one where it has no name of its own. */
export const syntaxRule = ({ code, message }: YAMLParseError): RuleId =>
  // The parser reports its own stack running out like any other error.
  message.startsWith('Maximum call stack') ? 'yaml.too-deep' : (RULES[code] ?? 'yaml.syntax')

const RULES: Partial<Record<YAMLParseError['code'], RuleId>> = {
  TAB_AS_INDENT: 'yaml.tab',
  BAD_INDENT: 'yaml.indent',
  BLOCK_AS_IMPLICIT_KEY: 'yaml.indent',
  BLOCK_IN_FLOW: 'yaml.indent',
  MISSING_CHAR: 'yaml.missing-char',
  MULTILINE_IMPLICIT_KEY: 'yaml.missing-char',
  BAD_DQ_ESCAPE: 'yaml.escape',
  BAD_ALIAS: 'yaml.alias-syntax',
}
