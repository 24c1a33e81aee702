interface Node {
  type: string
  tagName?: string
  properties?: Record<string, unknown>
  children?: Node[]
}

/** Wraps every table of a lesson in a box that scrolls and that the keyboard reaches, since wide ones do not fit beside the workspace. */
export const rehypeTables =
  () =>
  (tree: Node): void =>
    wrap(tree)

const wrap = (parent: Node): void => {
  if (parent.children === undefined) return
  parent.children = parent.children.map((child) => {
    wrap(child)
    return child.type === 'element' && child.tagName === 'table'
      ? { type: 'element', tagName: 'div', properties: { className: ['table-box'], tabIndex: 0 }, children: [child] }
      : child
  })
}
