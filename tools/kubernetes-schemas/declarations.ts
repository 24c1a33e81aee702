import ts from 'typescript'

/** A field's type as the package writes it: a type literal's text, or the module that a named type comes from. */
export type FieldType =
  | { readonly is: 'string' | 'number' | 'boolean' | 'object' | 'any' | 'quantity' | 'intOrString' }
  | { readonly is: 'enum'; readonly values: readonly string[] }
  | { readonly is: 'list' | 'map'; readonly of: FieldType }
  | { readonly is: 'ref'; readonly specifier: string }
  /** An object whose fields are written out in the place where it is used. */
  | { readonly is: 'fields'; readonly fields: readonly Field[] }

export interface Field {
  readonly name: string
  readonly required: boolean
  readonly type: FieldType
  readonly description?: string
}

export interface Declaration {
  /** The name that is unique in the package: `IoK8sApiAppsV1DeploymentSpec`. */
  readonly longName: string
  readonly apiVersion?: string
  readonly kind?: string
  readonly fields: readonly Field[]
  readonly description?: string
  /** Other than an object with fields: `Time` is a string, say. */
  readonly alias?: FieldType
}

/** What a declaration file of the package declares, undefined for one that declares no model. Throws on a type it does not know. */
export const declarationsOf = (source: string, file: string): Declaration | undefined => {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true)
  const imports = importsOf(tree)
  const longName = longNameOf(tree)
  if (longName === undefined) return undefined
  const own = longName.own
  const typeOf = (node: ts.TypeNode): FieldType => fieldType(node, { file, imports, own })
  for (const statement of tree.statements) {
    if (ts.isTypeAliasDeclaration(statement) && statement.name.text === `I${own}`)
      return { longName: longName.long, fields: [], alias: typeOf(statement.type), ...described(statement) }
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== `I${own}`) continue
    const members = statement.members.filter(ts.isPropertySignature)
    const literal = (name: string): string | undefined => {
      const type = members.find((member) => nameOf(member) === name)?.type
      return type !== undefined && ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? type.literal.text : undefined
    }
    const [apiVersion, kind] = [literal('apiVersion'), literal('kind')]
    return {
      longName: longName.long,
      ...(apiVersion === undefined || kind === undefined ? {} : { apiVersion, kind }),
      fields: members.map((member) => fieldOf(member, typeOf)),
      ...described(statement),
    }
  }
  return undefined
}

const fieldOf = (member: ts.PropertySignature, typeOf: (node: ts.TypeNode) => FieldType): Field => ({
  name: nameOf(member),
  required: member.questionToken === undefined,
  type: member.type === undefined ? { is: 'any' } : typeOf(member.type),
  ...described(member),
})

const nameOf = (member: ts.PropertySignature): string =>
  ts.isStringLiteral(member.name) || ts.isIdentifier(member.name) ? member.name.text : member.name.getText()

const described = (node: ts.Node): { description?: string } => {
  const text = ts
    .getJSDocCommentsAndTags(node)
    .map((comment) => (ts.isJSDoc(comment) && typeof comment.comment === 'string' ? comment.comment : ''))
    .join('\n')
    .trim()
  return text === '' ? {} : { description: text }
}

const importsOf = (tree: ts.SourceFile): Map<string, string> => {
  const imports = new Map<string, string>()
  for (const statement of tree.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue
    const bindings = statement.importClause?.namedBindings
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue
    for (const element of bindings.elements) imports.set(element.name.text, statement.moduleSpecifier.text)
  }
  return imports
}

const longNameOf = (tree: ts.SourceFile): { own: string; long: string } | undefined => {
  for (const statement of tree.statements) {
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause)) continue
    for (const { propertyName, name } of statement.exportClause.elements)
      if (propertyName !== undefined && !name.text.startsWith('II')) return { own: propertyName.text, long: name.text }
  }
  return undefined
}

interface Scope {
  readonly file: string
  readonly imports: ReadonlyMap<string, string>
  readonly own: string
}

const fieldType = (node: ts.TypeNode, scope: Scope): FieldType => {
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword:
      return { is: 'string' }
    case ts.SyntaxKind.NumberKeyword:
      return { is: 'number' }
    case ts.SyntaxKind.BooleanKeyword:
      return { is: 'boolean' }
    case ts.SyntaxKind.AnyKeyword:
    case ts.SyntaxKind.UnknownKeyword:
      return { is: 'any' }
    case ts.SyntaxKind.ObjectKeyword:
      return { is: 'object' }
  }
  if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) return { is: 'enum', values: [node.literal.text] }
  if (ts.isUnionTypeNode(node)) return unionType(node, scope)
  if (ts.isTypeLiteralNode(node)) {
    const index = node.members.find(ts.isIndexSignatureDeclaration)
    if (index !== undefined) return { is: 'map', of: fieldType(index.type, scope) }
    const members = node.members.filter(ts.isPropertySignature)
    return members.length === 0
      ? { is: 'object' }
      : { is: 'fields', fields: members.map((member) => fieldOf(member, (type) => fieldType(type, scope))) }
  }
  if (ts.isTypeReferenceNode(node)) return referenceType(node, scope)
  throw new Error(`${scope.file}: a type that is not known here: ${node.getText()}`)
}

const unionType = (node: ts.UnionTypeNode, scope: Scope): FieldType => {
  const members = node.types.map((type) => fieldType(type, scope))
  const values = members.flatMap((member) => (member.is === 'enum' ? member.values : []))
  if (values.length === members.length) return { is: 'enum', values }
  return node.types.every((type) => type.kind === ts.SyntaxKind.StringKeyword || type.kind === ts.SyntaxKind.NumberKeyword)
    ? { is: 'intOrString' }
    : { is: 'any' }
}

const referenceType = (node: ts.TypeReferenceNode, scope: Scope): FieldType => {
  const name = node.typeName.getText()
  const [argument] = node.typeArguments ?? []
  if (name === 'Array' && argument !== undefined) return { is: 'list', of: fieldType(argument, scope) }
  if (name.endsWith('ApiResourceQuantity')) return { is: 'quantity' }
  if (name.endsWith('UtilIntstrIntOrString')) return { is: 'intOrString' }
  if (name === `I${scope.own}`) return { is: 'ref', specifier: `./${scope.own}.js` }
  const specifier = scope.imports.get(name)
  if (specifier === undefined) throw new Error(`${scope.file}: ${name} is imported from nowhere`)
  return { is: 'ref', specifier }
}
