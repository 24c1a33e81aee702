/** Draws which track makes which easier, from card to card. Without script the cards say it in words. */
const map = document.querySelector<HTMLElement>('.track-map')
const drawing = map?.querySelector<SVGSVGElement>('.edges')

const draw = (): void => {
  if (!map || !drawing) return
  const origin = map.getBoundingClientRect()
  const cards = new Map([...map.querySelectorAll<HTMLElement>('[data-track]')].map((card) => [card.dataset['track'], card]))
  const paths: SVGPathElement[] = []
  for (const card of cards.values()) {
    const before = (card.dataset['after'] ?? '').split(' ').flatMap((id) => cards.get(id) ?? [])
    for (const [index, other] of before.entries()) {
      const from = other.getBoundingClientRect()
      const to = card.getBoundingClientRect()
      // Stacked on a narrow screen there is no room between the cards, and the words say it.
      if (to.left < from.right) continue
      const begin = { x: from.right - origin.left, y: from.top + from.height / 2 - origin.top }
      const end = { x: to.left - origin.left - 3, y: to.top + (to.height * (index + 1)) / (before.length + 1) - origin.top }
      const half = (end.x - begin.x) / 2
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
      path.setAttribute(
        'd',
        `M${begin.x} ${begin.y}C${begin.x + half} ${begin.y} ${end.x - half} ${end.y} ${end.x} ${end.y}m-6 -4l6 4l-6 4`,
      )
      paths.push(path)
    }
  }
  drawing.replaceChildren(...paths)
}

if (map) new ResizeObserver(draw).observe(map)
