import { Composer, type Document, Lexer, type LineCounter, Parser } from 'yaml'

/**
 * The documents of a text. Where one is refused for its indentation, it is read once more as Go's `yaml.v2` reads it: what stands in
 * brackets or quotes may go on at any column, because it says itself where it ends. What is wrong either way is told as YAML tells it,
 * which is nearer to the place.
 *
 * Source: kubernetes-sigs/yaml, goyaml.v2/scannerc.go (yaml_parser_unroll_indent does nothing inside a flow collection, and
 * yaml_parser_scan_flow_scalar only stops at a document's marker).
 */
export const parseDocuments = (text: string, lines: LineCounter): Document.Parsed[] => {
  lines.addNewLine(0)
  const strict = compose(text, new Lexer(), lines.addNewLine)
  if (strict.every(({ errors }) => errors.length === 0)) return strict
  const loose = compose(text, looseLexer())
  return loose.length !== strict.length
    ? strict
    : strict.map((document, index) => {
        const other = loose[index]
        return document.errors.length > 0 && other?.errors.length === 0 ? other : document
      })
}

const compose = (text: string, lexer: Lexer, onLine?: (offset: number) => void): Document.Parsed[] => {
  const parser = new Parser(onLine)
  // `failsafe`: every scalar arrives as text, because Kubernetes and YAML 1.2 disagree on what text means.
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' })
  const tokens = function* () {
    for (const lexeme of lexer.lex(text)) yield* parser.next(lexeme)
    yield* parser.end()
  }
  return [...composer.compose(tokens())] as Document.Parsed[]
}

/** The part of the lexer that asks for indentation; the library has no option for it. */
interface Inside {
  /** The column that what belongs to the present line must reach. */
  indentNext: number
  parseFlowCollection(): Generator<string, unknown>
  parseQuotedScalar(): Generator<string, unknown>
}

const looseLexer = (): Lexer => {
  const lexer = new Lexer()
  const inside = lexer as unknown as Inside
  const anywhere = (read: () => Generator<string, unknown>) =>
    function* (): Generator<string, unknown> {
      const column = inside.indentNext
      inside.indentNext = 0
      try {
        return yield* read()
      } finally {
        inside.indentNext = column
      }
    }
  inside.parseFlowCollection = anywhere(inside.parseFlowCollection.bind(lexer))
  inside.parseQuotedScalar = anywhere(inside.parseQuotedScalar.bind(lexer))
  return lexer
}
