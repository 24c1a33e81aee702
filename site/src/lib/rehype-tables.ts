interface Node {
  type: string
  tagName?: string
  properties?: Record<string, unknown>
  children?: Node[]
}

/**
 * Wraps every table of a lesson in a box that scrolls and that the keyboard reaches, since wide ones do not fit beside the workspace.
 * The empty corner over a column of names is no heading, and is not read out as one.
 */
export const rehypeTables =
  () =>
  (tree: Node): void =>
    wrap(tree)

const wrap = (parent: Node): void => {
  if (parent.children === undefined) return
  parent.children = parent.children.map((child) => {
    wrap(child)
    if (child.tagName === 'th' && (child.children ?? []).length === 0) return { ...child, tagName: 'td' }
    return child.type === 'element' && child.tagName === 'table'
      ? { type: 'element', tagName: 'div', properties: { className: ['table-box'], tabIndex: 0 }, children: [child] }
      : child
  })
}
